from pipeline.core.authenticity.why import verdicts_told
from tests.core.authenticity.histories import call, finding, heard, judged, policy


def test_a_verdict_tells_its_reasons_its_evidence_and_what_would_change_it() -> None:
    rows = [policy(), call("12", 10), call("00", 5)]
    (party,) = verdicts_told(judged(*rows), heard(*rows))
    assert (party.policy_no, party.role, party.verdict, party.kind) == ("P1", "policyholder", "refuted", "false")
    assert all(text.zh and text.en and text.zh != text.code for text in (*party.reasons, *party.advice))
    counted = [piece for piece in party.evidence if piece.used]
    assert counted and party.evidence[: len(counted)] == tuple(counted)  # what decides comes first
    assert {piece.direction for piece in counted} == {"refutes"}
    assert {piece.why_not for piece in party.evidence if not piece.used} == {"repeated_attempt"}


def test_only_the_partys_own_evidence_is_told() -> None:
    rows = [policy(), policy("P2", **finding("D04", "check_digit")), call("00", policy_no="P2")]
    one, two = verdicts_told(judged(*rows), heard(*rows))
    assert one.evidence == ()
    assert {piece.said.code for piece in two.evidence} == {"callback.confirmed"}
