-- Records as the settings of splink_settings.py ask for them; {records} is the Parquet file.
CREATE TABLE records AS
WITH told AS (
    SELECT
        row_number() OVER (ORDER BY record_id) - 1 AS unique_id, record_id, source = 'wechat' AS wechat, customer_type,
        coalesce(name_problem IN ('title', 'possible_title', 'masked'), false) AS partial,
        CASE WHEN name_problem IN ('placeholder', 'mojibake') THEN NULL ELSE name END AS name,
        CASE WHEN name_problem IN ('placeholder', 'mojibake', 'title', 'possible_title', 'masked') THEN NULL ELSE pinyin END AS pinyin,
        CASE
            WHEN surname IS NOT NULL THEN surname
            WHEN name_problem IN ('title', 'possible_title', 'masked') AND NOT regexp_matches(name, '^[老小*]') THEN name[1]
        END AS head,
        given, cert_no, lifetime_no, coalesce(birth_date, cert_birth_date) AS born, coalesce(gender, cert_gender) AS gender,
        plate, vin, home, openid, coalesce(mobile, landline) AS shown
    FROM read_parquet('{records}')
), readings AS (
    SELECT surname AS head, min(surname_pinyin) AS head_pinyin FROM read_parquet('{records}')
    WHERE surname IS NOT NULL GROUP BY surname
), shared AS (
    SELECT shown, count(DISTINCT pinyin) AS names FROM told WHERE shown IS NOT NULL GROUP BY shown
)
SELECT
    told.*, head_pinyin, coalesce(names > 3, false) AS busy, right(cert_no, 4) AS cert_tail, right(shown, 4) AS phone_tail,
    CASE WHEN names <= 20 AND NOT contains(shown, '*') THEN shown END AS phone
FROM told LEFT JOIN readings USING (head) LEFT JOIN shared USING (shown)
