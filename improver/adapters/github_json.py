"""The shapes of GitHub's JSON: what is not known is ignored, what is missing is told by its name (pure)."""

from datetime import UTC, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints, TypeAdapter, ValidationError

from improver.adapters.github_errors import Reply, said
from improver.errors import ForgeError

T = TypeVar("T")
TOLD = 5  # mistakes that one message names


def _readable(value: object) -> object:
    """Return a text with half characters replaced, which JSON can hold and nothing else can; "" for none."""
    if value is None:
        return ""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _utc(text: str) -> str:
    """Return a time as every time of ours is written, "" for none."""
    return datetime.fromisoformat(text).astimezone(UTC).isoformat() if text else ""


Text = Annotated[str, BeforeValidator(_readable)]
Name = Annotated[Text, StringConstraints(min_length=1)]
MaybeTime = Annotated[
    Text, StringConstraints(pattern=r"^(\d{4}-\d\d-\d\dT[0-9:.]{8,16}(Z|[+-]\d\d:\d\d))?$"), AfterValidator(_utc)
]
Time = Annotated[MaybeTime, StringConstraints(min_length=1)]
MaybeId = Annotated[Text, StringConstraints(pattern=r"^([0-9a-f]{40}([0-9a-f]{24})?)?$")]
ObjectId = Annotated[MaybeId, StringConstraints(min_length=1)]
Number = Annotated[int, Field(gt=0, lt=2**63)]


class User(BaseModel):
    """An account."""

    login: Name
    type: Text = "User"


class Repository(BaseModel):
    """A repository, as a pull request names those of its two branches."""

    id: Number
    full_name: Name


class Branch(BaseModel):
    """One end of a pull request. The repository is none once a fork is deleted."""

    ref: Name
    sha: ObjectId
    repo: Repository | None


class Label(BaseModel):
    """A label; in old issues it was a mere text."""

    name: Text


class PullJson(BaseModel):
    """A pull request, in a list or alone."""

    number: Number
    node_id: Name
    title: Text
    body: Text = ""
    state: Name
    draft: bool = False
    head: Branch
    base: Branch
    user: User | None
    author_association: Text = "NONE"
    labels: list[Label] = []
    html_url: Name
    created_at: Time
    updated_at: Time
    closed_at: MaybeTime = ""
    merged_at: MaybeTime = ""
    merge_commit_sha: MaybeId = ""
    merged_by: User | None = None


class PermissionsJson(BaseModel):
    """What the token's account may do."""

    push: bool = False


class RepositoryJson(BaseModel):
    """A repository alone."""

    full_name: Name
    default_branch: Name
    archived: bool = False  # hosts of old do not know it
    permissions: PermissionsJson = PermissionsJson()
    html_url: Name


class CommentJson(BaseModel):
    """A comment below a pull request or issue, whose number is the end of `issue_url`."""

    id: Number
    user: User | None
    author_association: Text = "NONE"
    body: Text = ""
    created_at: Time
    updated_at: Time
    issue_url: Annotated[Text, StringConstraints(pattern=r"/issues/[1-9]\d{0,11}$")]
    performed_via_github_app: object = None


class ReviewJson(BaseModel):
    """A review."""

    user: User | None
    author_association: Text = "NONE"
    state: Name
    body: Text = ""
    commit_id: MaybeId = ""
    submitted_at: MaybeTime = ""


class NoteJson(BaseModel):
    """A remark at lines; once they changed only the original ones are known."""

    path: Name
    line: int | None = None
    start_line: int | None = None
    original_line: int | None = None
    original_start_line: int | None = None
    body: Text = ""
    user: User | None
    author_association: Text = "NONE"


class IssueJson(BaseModel):
    """An issue, or a pull request as one."""

    number: Number
    title: Text
    body: Text = ""
    state: Name
    user: User | None
    author_association: Text = "NONE"
    html_url: Name
    closed_by: User | None = None
    pull_request: object = None


class PermissionJson(BaseModel):
    """What somebody may do; a role of the organisation's own making has the permission it builds on."""

    permission: Name
    role_name: Text = ""


class OutputJson(BaseModel):
    """What a check run shows."""

    annotations_count: int = 0


class CheckJson(BaseModel):
    """A check run."""

    id: Number
    name: Text
    head_sha: ObjectId
    external_id: Text = ""
    output: OutputJson


class ChecksJson(BaseModel):
    """The check runs of one commit."""

    check_runs: list[CheckJson]


class InstallationJson(BaseModel):
    """An app's installation."""

    id: Number


class TokenJson(BaseModel):
    """An installation's token."""

    token: Name
    expires_at: Time


class ViewerJson(BaseModel):
    """Who asks."""

    viewer: User


PULL, PULLS = TypeAdapter(PullJson), TypeAdapter(list[PullJson])
REPOSITORY, PERMISSION = TypeAdapter(RepositoryJson), TypeAdapter(PermissionJson)
COMMENT, COMMENTS = TypeAdapter(CommentJson), TypeAdapter(list[CommentJson])
REVIEWS, NOTES = TypeAdapter(list[ReviewJson]), TypeAdapter(list[NoteJson])
ISSUE, ISSUES = TypeAdapter(IssueJson), TypeAdapter(list[IssueJson])
CHECK, CHECKS = TypeAdapter(CheckJson), TypeAdapter(ChecksJson)
LABELS = TypeAdapter(list[Label])
INSTALLATION, TOKEN = TypeAdapter(InstallationJson), TypeAdapter(TokenJson)
VIEWER = TypeAdapter(ViewerJson)


def read(shape: TypeAdapter[T], reply: Reply) -> T:
    """Return an answer's JSON in this shape; raise ForgeError that names what is missing or wrong."""
    return fitted(shape, reply.body(), reply.where)


def fitted(shape: TypeAdapter[T], body: object, where: str) -> T:
    """Return `body` in this shape; raise ForgeError that names what is missing or wrong, and shows no value."""
    try:
        return shape.validate_python(body)
    except ValidationError as error:  # it holds the values, a token among them: no error of ours hangs on it
        wrong = [f"{'.'.join(map(str, one['loc'])) or 'all of it'}: {one['msg']}" for one in error.errors()[:TOLD]]
    fix = "look whether the address of the API is right (GITHUB_API_URL) and that the host is up to date"
    raise ForgeError("the host's answer lacks what it promises", where=where, why=said("; ".join(wrong)), fix=fix)
