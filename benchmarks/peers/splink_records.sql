-- Records as the settings of splink_settings.py ask for them; {records} is the Parquet file.
-- A bare phone number says nothing of who it is and would only chain a family together: such rows stay out, alone.
-- A WeChat name that does not begin with a surname of the insured is a nickname, and no name.
CREATE TABLE records AS
WITH surnames AS (
    SELECT surname AS head, min(surname_pinyin) AS head_pinyin,
        count(lifetime_no) > 0.0001 * sum(count(lifetime_no)) OVER () AS usual
    FROM read_parquet('{records}') WHERE surname IS NOT NULL GROUP BY surname
), cleaned AS (
    SELECT
        * EXCLUDE (name, pinyin), coalesce(mobile, landline) AS shown, regexp_replace(name, '(\(代\)|[0-9@?]+)$', '') AS name,
        coalesce(name_problem IN ('title', 'possible_title', 'masked'), false) AS partial,
        CASE WHEN name_problem IN ('placeholder', 'mojibake', 'title', 'possible_title', 'masked') THEN NULL ELSE pinyin END AS pinyin,
        CASE
            WHEN surname IS NOT NULL THEN surname
            WHEN name_problem = 'characters' THEN name[1]
            WHEN name_problem IN ('title', 'possible_title', 'masked') AND NOT regexp_matches(name, '^[老小*]') THEN name[1]
        END AS head
    FROM read_parquet('{records}') WHERE coalesce(name, cert_no, openid) IS NOT NULL
), known AS (
    SELECT *, source = 'wechat' AND NOT partial AND (NOT coalesce(usual, false) OR length(name) > 3 OR name_problem = 'characters')
        AS nickname
    FROM cleaned LEFT JOIN surnames USING (head)
), told AS (
    SELECT
        row_number() OVER (ORDER BY record_id) - 1 AS unique_id, record_id, customer_type, partial,
        CASE WHEN nickname OR name_problem IN ('placeholder', 'mojibake') THEN NULL ELSE name END AS name,
        CASE WHEN nickname THEN NULL ELSE pinyin END AS pinyin, CASE WHEN nickname THEN NULL ELSE head END AS head,
        CASE WHEN nickname THEN NULL ELSE head_pinyin END AS head_pinyin, CASE WHEN nickname THEN NULL ELSE given END AS given,
        cert_no, lifetime_no, coalesce(birth_date, cert_birth_date) AS born, coalesce(gender, cert_gender) AS gender,
        plate, vin, home, openid, shown, source = 'wechat' AS wechat
    FROM known
), shared AS (
    SELECT shown, count(DISTINCT pinyin) AS names FROM told WHERE shown IS NOT NULL GROUP BY shown
)
SELECT
    told.*, coalesce(names > 3, false) AS busy, right(cert_no, 4) AS cert_tail, right(shown, 4) AS phone_tail,
    CASE WHEN names <= 20 AND NOT contains(shown, '*') THEN shown END AS phone
FROM told LEFT JOIN shared USING (shown)
