"""The forms of these pages."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import DateField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from lms.people.credentials import LONGEST, SHORTEST
from lms.web.forms import Form


def stripped(value: Any) -> Any:
    """Take the blanks around what was typed away."""
    return value.strip() if isinstance(value, str) else value


def text(label: Any, longest: int, *, required: bool = True, **more: Any) -> Any:
    """Return a one-line field."""
    checks = [DataRequired() if required else Optional(), Length(max=longest)]
    return StringField(label, filters=[stripped], validators=checks, **more)


def secret(label: Any, **more: Any) -> Any:
    """Return a field for a password."""
    return PasswordField(label, validators=[DataRequired(), Length(max=LONGEST)], **more)


def day(label: Any, *, required: bool = True, **more: Any) -> Any:
    """Return a field for a civil day."""
    return DateField(label, validators=[DataRequired() if required else Optional()], **more)


def choice(label: Any, *, required: bool = True, **more: Any) -> Any:
    """Return a field to choose one of what the view offers."""
    return SelectField(label, validators=[DataRequired() if required else Optional()], **more)


def area(label: Any, *, required: bool = False) -> Any:
    """Return a field for a few sentences."""
    checks = [DataRequired() if required else Optional(), Length(max=1000)]
    return TextAreaField(label, filters=[stripped], validators=checks)


class SignInForm(Form):
    """Name and password."""

    username = text(_("Sign-in name"), 254)
    password = secret(_("Password"))


class CodeForm(Form):
    """The second factor."""

    code = text(
        _("Code"), 20, description=_("Six digits from your authenticator, or one of your recovery codes.")
    )


class PasswordForm(Form):
    """The password of the one who is signed in, again."""

    password = secret(_("Password"))


class NewPasswordForm(Form):
    """A new password, twice."""

    new_password = secret(
        _("New password"),
        description=_("At least %(count)s characters; several words are easy to remember.", count=SHORTEST),
    )
    again = secret(_("New password again"))

    def validate_again(self, field: Any) -> None:
        """Refuse two that differ."""
        if field.data != self.new_password.data:
            field.errors = [*field.errors, str(_("The two passwords differ."))]


class ChangePasswordForm(NewPasswordForm):
    """The present password, and a new one twice."""

    password = secret(_("Present password"))


class ForgotForm(Form):
    """Who forgot."""

    username = text(_("Sign-in name or e-mail address"), 254)


class FirstAdministratorForm(NewPasswordForm):
    """The first administrator and the firm's top unit."""

    username = text(_("Sign-in name"), 80)
    staff_number = text(_("Staff number"), 40)
    name_zh = text(_("Chinese name"), 80, required=False)
    name_en = text(_("English name"), 120, required=False)
    mail = text(_("E-mail"), 254, required=False)


class PersonForm(Form):
    """Identity."""

    staff_number = text(_("Staff number"), 40)
    name_zh = text(_("Chinese name"), 80, required=False)
    name_en = text(_("English name"), 120, required=False)
    mail = text(_("E-mail"), 254, required=False, description=_("Without an address, links are printed."))
    username = text(
        _("Sign-in name"), 80, required=False, description=_("Left empty, it is the staff number.")
    )


class NewPersonForm(PersonForm):
    """Identity, unit and first day."""

    unit = choice(_("Unit"))
    joined_on = day(_("First day"))


class FactForm(Form):
    """A fact of employment."""

    kind = choice(_("What happened"))
    from_on = day(_("From"), description=_("For leaving: the last day."))
    until_on = day(_("Until"), required=False, description=_("The last day of an absence, if it is known."))
    unit = SelectField(
        _("Unit"), validators=[Optional()], description=_("For joining, moving and re-hiring.")
    )
    reason = area(_("Reason"))


class VoidForm(Form):
    """A fact that never was."""

    reason = area(_("Reason"), required=True)


class RoleForm(Form):
    """A role to be given."""

    role = choice(_("Role"))
    role_reason = area(_("Reason"))


class UnitForm(Form):
    """A unit."""

    code = text(_("Code"), 40)
    name_zh = text(_("Chinese name"), 80, required=False)
    name_en = text(_("English name"), 120, required=False)
    parent = choice(_("Lies below"), required=False)


class LeadForm(Form):
    """Who leads a unit from when."""

    person = text(_("Sign-in name or staff number"), 80)
    from_on = day(_("From"))


class EndLeadForm(Form):
    """The last day of a lead."""

    until_on = day(_("Last day"))
