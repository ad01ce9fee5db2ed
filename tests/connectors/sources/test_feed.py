from connectors.sources.feed import place_of


def test_a_place_names_the_feed_and_the_file_if_there_is_one() -> None:
    assert place_of("claims", "f.csv") == "feed claims, file f.csv"
    assert place_of("claims", "") == "feed claims"
