"""A small application that shows every macro in every state: what the browser tests look at."""

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from babel.messages import Catalog, mofile, pofile
from flask import Flask, Response, flash, jsonify, redirect, render_template, request
from flask_babel import Babel
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import generate_csrf
from jinja2 import ChoiceLoader, FileSystemLoader
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from lms.web.templating import stacked
from tests.web.samples import sample

HERE = Path(__file__).parent
WEB = HERE.parents[1] / "lms" / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGES = (
    "overview",
    "components",
    "tables",
    "charts",
    "forms",
    "lesson",
    "documents",
    "review",
    "empty",
    "printed",
)


class LeaveForm(FlaskForm):
    """One field of every kind."""

    name = StringField(
        "姓名 Name", [InputRequired("请填写姓名。"), Length(max=20)], description="按身份证填写。"
    )
    staff_number = StringField("工号")
    starts_on = DateField("开始日期", [InputRequired("请填写日期。")])
    days = IntegerField("天数", [NumberRange(1, 30, "请填写 1 到 30 之间的天数。")])
    unit = SelectField("部门", choices=[SelectChoice("a", "公司金融部"), SelectChoice("b", "项目融资部")])
    kind = RadioField(
        "种类",
        [InputRequired("请选择一项。")],
        choices=[SelectChoice("sick", "病假"), SelectChoice("year", "年假")],
    )
    copies = SelectMultipleField(
        "抄送", choices=[SelectChoice("hr", "人力资源部"), SelectChoice("lm", "直属经理")]
    )
    reason = TextAreaField("理由", [InputRequired("请说明理由。")])
    proof = FileField("证明")
    agreed = BooleanField("我确认以上内容属实。", [InputRequired("请确认。")])


class FakeServer:
    """The quiz server's part in the attempt page, with faults on demand."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []
        self.submitted: list[dict[str, list[str]]] = []
        self.mode = "ok"
        self.minutes = 20.0
        self.tokens_issued = 0

    def reply(self, batch: list[dict[str, Any]]) -> tuple[Response, int]:
        now = dt.datetime.now(dt.UTC)
        if self.mode == "signed-out":
            return jsonify(error="unauthenticated"), 401
        if self.mode == "csrf" and self.tokens_issued == 0:
            return jsonify(error="csrf token expired"), 403
        if self.mode == "closed":
            return jsonify(error="closed"), 409
        if self.mode == "refuse-2" and any(each["slot"] == 2 for each in batch):
            return jsonify(error="invalid"), 422
        if self.mode == "busy":
            return jsonify(error="busy"), 503
        self.seen.extend(batch)
        saved = max((each["seq"] for each in self.seen), default=0)
        deadline = now + dt.timedelta(minutes=self.minutes)
        return jsonify(
            saved=saved,
            deadline_at=deadline.isoformat(),
            now=now.isoformat(),
            elsewhere=self.mode == "elsewhere",
        ), 200


def create_gallery() -> Flask:
    """Build the gallery; `?lang=` and the cookie `theme` choose language and colours."""
    app = Flask("gallery", static_folder=str(WEB / "static"))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters["stacked"] = stacked
    app.jinja_env.loader = ChoiceLoader(
        [FileSystemLoader(WEB / "templates"), FileSystemLoader(HERE / "templates")]
    )
    app.config.update(
        SECRET_KEY="gallery-only", BABEL_TRANSLATION_DIRECTORIES=str(_catalogue()), WTF_CSRF_ENABLED=False
    )
    CSRFProtect(app)
    Babel(app, locale_selector=lambda: "en" if request.args.get("lang") == "en" else "zh_Hans_CN")
    server = FakeServer()
    app.extensions["fake_server"] = server

    @app.context_processor
    def shell() -> dict[str, Any]:
        lang = "en" if request.args.get("lang") == "en" else "zh"
        urls = {code: f"{request.path}?lang={code}" for code in ("zh", "en")}
        return {"lang": lang, "lang_switch_urls": urls, "notices_unread": 3, **sample(lang, request.path)}

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        return response

    @app.get("/<page>")
    def show(page: str) -> Any:
        if page not in PAGES:
            return render_template("error.html", status=404, reference="7f3a-92c1"), 404
        if page == "components":
            for category in ("success", "info", "warning", "error"):
                flash(f"{category}: 已保存 saved", category)
        return render_template(
            f"gallery/{page}.html", form=LeaveForm(), bad=_bad_form(), now=dt.datetime.now(dt.UTC)
        )

    @app.get("/error/<int:code>")
    def error(code: int) -> Any:
        return render_template("error.html", status=code, retry_after=30 if code == 429 else None), 200

    _attempt_routes(app, server)
    return app


def _attempt_routes(app: Flask, server: FakeServer) -> None:
    @app.get("/attempt")
    def attempt() -> str:
        now = dt.datetime.now(dt.UTC)
        deadline = now + dt.timedelta(minutes=server.minutes)
        return render_template("gallery/attempt.html", now=now, deadline_at=deadline)

    @app.post("/responses")
    def responses() -> Any:
        return server.reply(request.get_json())

    @app.get("/csrf")
    def csrf() -> Any:
        server.tokens_issued += 1
        return jsonify(csrf_token=generate_csrf())

    @app.post("/submit")
    def submit() -> Any:
        server.submitted.append({key: request.form.getlist(key) for key in request.form})
        return redirect("/review")

    @app.post("/check")
    def check() -> Any:
        return render_template(
            "gallery/check.html", again="again" in request.form, chosen=request.form.get("answer")
        )

    @app.post("/seen")
    def seen() -> tuple[str, int]:
        app.extensions["seen"] = app.extensions.get("seen", 0) + 1
        return "", 204


def _bad_form() -> LeaveForm:
    form = LeaveForm(data={"name": "", "days": 90})
    form.validate()
    return form


def _catalogue() -> Path:
    """Compile the product's Chinese messages, with those of the shared pages that it does not have yet."""
    ours, theirs = HERE / "zh.po", WEB.parent / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
    merged = Catalog(locale="zh_Hans_CN")
    for source in (ours, theirs):
        if source.exists():
            with source.open("rb") as file:
                for message in pofile.read_po(file, locale="zh_Hans_CN"):
                    if message.id and any(message.string if message.pluralizable else [message.string]):
                        merged.add(message.id, message.string, context=message.context, flags=message.flags)
    folder = Path(tempfile.mkdtemp(prefix="gallery-"))
    target = folder / "zh_Hans_CN" / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "messages.mo").open("wb") as out:
        mofile.write_mo(out, merged)
    return folder
