"""The secrets of links: what went out stays what it is."""

from uuid import UUID

from huiyin.kernel.secret import derived, secret_hash, sent

PURPOSE, OF = b"huiyin.precontact", UUID(int=7).bytes
OLD = "qes266e2rpbcfp4dgeejk5htda"


def test_links_in_peoples_hands_do_not_change() -> None:
    assert derived(PURPOSE, OF, "key") == OLD
    assert len({OLD, derived(b"huiyin.survey", OF, "key"), derived(PURPOSE, OF, "other key")}) == 3


def test_after_a_change_of_the_key_a_reminder_names_the_link_that_went_out() -> None:
    assert sent(PURPOSE, OF, "new key", ["older", "key"], lambda: secret_hash(OLD)) == OLD
    fresh = derived(PURPOSE, OF, "new key")
    assert sent(PURPOSE, OF, "new key", ["key"], lambda: None) == sent(PURPOSE, OF, "new key", [], str) == fresh
