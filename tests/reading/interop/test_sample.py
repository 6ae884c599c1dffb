import pytest


def test_passes(record_property):
    record_property("prefill_ms", 10.12)


def test_fails():
    assert 1 == 2


@pytest.mark.skip(reason="on purpose")
def test_skips():
    pass
