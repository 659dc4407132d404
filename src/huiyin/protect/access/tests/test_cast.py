from huiyin.kernel.permit import can


def test_the_cast_comes_on_stage(cast):
    assert cast.wang.name == "王丽"
    assert cast.actor("wang").roles == {"agent"}
    assert cast.actor("sun").paths("supervisor") == ("HO/B01/",)
    assert can(cast.actor("sun"), "case.assign")
    assert not can(cast.actor("admin"), "case.read")


def test_the_desk_opens_to_a_signed_in_colleague_only(cast, client):
    assert client.get("/desk/units/").status_code == 302
    cast.login(client, "wang")
    assert client.get("/desk/units/").status_code != 302
