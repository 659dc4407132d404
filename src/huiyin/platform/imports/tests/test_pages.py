"""Upload, look, confirm: in the browser, in both languages, and with files that are none."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huiyin.bank.units.models import Unit
from huiyin.platform.imports import queries
from huiyin.platform.imports.models import Run

GOOD = "机构编码,机构名称,机构类型,上级机构编码\nO0109,新支行,网点,B01\n"
HALF = GOOD + "O0110,坏支行,网点,NOWHERE\n"


@pytest.fixture
def admin(client, cast, settings, tmp_path):
    settings.HUIYIN_HOME = tmp_path
    return cast.login(client, "admin")


def send(client, text, name="units.csv", code="units"):
    content = text if isinstance(text, bytes) else text.encode("gb18030")
    return client.post(reverse("imports:upload", args=[code]), {"file": SimpleUploadedFile(name, content)})


def test_nothing_changes_until_it_is_confirmed(admin):
    preview = send(admin, GOOD)["Location"]
    page = admin.get(preview).content.decode()
    assert "新支行" in page and not Unit.objects.filter(code="O0109").exists()
    done = admin.post(preview)["Location"]
    assert Unit.objects.get(code="O0109").name == "新支行"
    assert admin.get(done).status_code == 200
    assert admin.get(preview)["Location"] == done
    assert not queries.upload_path(Run.objects.get().pk).exists(), "the upload is gone"


def test_mistakes_are_shown_by_line_and_nothing_is_half_applied(admin):
    preview = send(admin, HALF)["Location"]
    page = admin.get(preview).content.decode()
    assert "NOWHERE" in page and ">3<" in page
    done = admin.post(preview)["Location"]
    assert not Unit.objects.filter(code="O0109").exists()
    assert Run.objects.get().state == "refused"
    report = b"".join(admin.get(done + "report/").streaming_content).decode("utf-8-sig")
    assert "NOWHERE" in report


def test_what_was_understood_is_told_in_words_and_mistakes_in_the_order_of_lines(admin):
    rows = "O0111,坏上级,网点,NOWHERE\nO 112,坏编码,网点,B01\nO0113,坏类型,火星,B01\nO0114,新支行,支行,B01\n"
    page = admin.get(send(admin, GOOD.splitlines()[0] + "\n" + rows)["Location"]).content.decode()
    assert "outlet" not in page and page.count('<td class="user-content">支行</td>') == 2
    assert re.findall(r'<td class="hy-num">(\d)</td>', page) == ["2", "3", "4"]
    assert "值班台" in page and "一级分行" not in page  # every kind once, and all of them
    head = "机构编码,月份,客户数\n"
    page = admin.get(send(admin, head + "O0101,2026-13,1\nO0101,2026-02,9\n", code="exposures")["Location"])
    assert "2026-03" in (text := page.content.decode()) and "2026-03-05" not in text and ">2026-02<" in text
    assert "没有数据" in admin.get(send(admin, head, code="exposures")["Location"]).content.decode()


def test_the_good_rows_alone_if_that_is_wanted(admin):
    preview = send(admin, HALF)["Location"]
    admin.post(preview, {"partial": "1"})
    assert Unit.objects.filter(code="O0109").exists() and not Unit.objects.filter(code="O0110").exists()


def test_an_upload_can_be_thrown_away(admin):
    preview = send(admin, GOOD)["Location"]
    admin.post(preview, {"do": "drop"})
    assert Run.objects.get().state == "dropped" and not Unit.objects.filter(code="O0109").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04xlsx",
        b"a,b\n1,2\n",
        b"\x00" * 5000,
        ("," * 5000).encode(),
        b"\xff\xfe\x00",
    ],
    ids=["empty", "xlsx", "wrong-header", "nul", "wide", "odd-utf16"],
)
def test_what_is_no_sheet_is_explained_at_the_field(admin, content):
    answer = send(admin, content)
    assert answer.status_code == 200 and "is-invalid" in answer.content.decode()
    assert not Run.objects.filter(state="waiting").exists()


@pytest.mark.parametrize(
    "name", ["a\r\nX: y.csv", "CON.csv", "../../etc/passwd", "长" * 190 + ".csv", ".csv", "=cmd|.csv"]
)
def test_a_file_may_be_called_anything(admin, name):
    preview = send(admin, GOOD, name=name)
    assert preview.status_code == 302
    assert admin.get(preview["Location"]).status_code == 200
    assert admin.get(reverse("imports:home")).status_code == 200


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_and_templates_in_both_languages(admin, language):
    assert admin.get(reverse("imports:home"), {"lang": language}).status_code == 200
    for mapping in queries.mappings():
        assert admin.get(reverse("imports:upload", args=[mapping.code]), {"lang": language}).status_code == 200
        sheet = admin.get(reverse("imports:template", args=[mapping.code]), {"lang": language}).content
        assert sheet.startswith(b"\xef\xbb\xbf")
        assert ("机构编码" in sheet.decode()) == (language == "zh") or mapping.code == "products"
    assert admin.get(reverse("imports:template", args=["nothing"])).status_code == 404


def test_somebody_elses_upload_is_not_found(admin, cast, client):
    preview = send(admin, GOOD)["Location"]
    cast.person("boss", unit="HO", post="administrator", roles={"administrator": "HO"})
    cast.login(client, "boss")
    assert client.get(preview).status_code == 404
    cast.login(client, "wang")
    assert client.get(preview).status_code == 403
