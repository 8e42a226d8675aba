"""What people do at the host, for tests to do in their name; nothing of it goes over the network."""

from dataclasses import dataclass

from tests.stand_in.answers import Refused
from tests.stand_in.pulling import branches_moved, merged, open_pull, reopen
from tests.stand_in.shapes_pull import headed
from tests.stand_in.state import Account, Comment, Head, Review, State, Thread, Token


@dataclass(frozen=True)
class Human:
    """Somebody with an account; a bot's acts are done the same way."""

    state: State
    account: Account

    def _thread(self, number: int) -> Thread:
        return self.state.threads[number]

    def merge(self, number: int) -> str:
        """Merge a pull request with a merge commit; return it."""
        with self.state.lock:
            thread = self._thread(number)
            head = headed(thread)
            base = self.state.bare.heads()[head.base_ref]
            words = f"Merge pull request #{number} from {self.state.name.split('/')[0]}/{head.ref}\n\n{thread.title}"
            commit = self.state.bare.merged(base, head.sha, words)
            if commit is None or thread.closed or head.draft:
                raise Refused(405, "Pull Request is not mergeable")
            self.state.bare.move(f"refs/heads/{head.base_ref}", commit)
            merged(self.state, thread, commit, self.account)
            branches_moved(self.state, self.account)
            return commit

    def squash(self, number: int) -> str:
        """Merge a pull request as one new commit; return it."""
        with self.state.lock:
            thread = self._thread(number)
            head = headed(thread)
            base = self.state.bare.heads()[head.base_ref]
            tree = self.state.bare.git("merge-tree", "--write-tree", base, head.sha)
            commit = self.state.bare.git("commit-tree", tree, "-p", base, "-m", f"{thread.title} (#{number})")
            self.state.bare.move(f"refs/heads/{head.base_ref}", commit)
            merged(self.state, thread, commit, self.account)
            branches_moved(self.state, self.account)
            return commit

    def close(self, number: int) -> None:
        """Close an issue or pull request."""
        with self.state.lock:
            self.state.end(self._thread(number), self.account)

    def reopen(self, number: int) -> None:
        """Open it again, where the host lets one."""
        with self.state.lock:
            reopen(self.state, self._thread(number))

    def ready(self, number: int) -> None:
        """Take a pull request out of its draft state."""
        with self.state.lock:
            headed(self._thread(number)).draft = False
            self._thread(number).updated = self.state.now()

    def open_pull(self, branch: str, title: str, body: str = "") -> int:
        """Open a pull request from a branch; return its number."""
        with self.state.lock:
            head = Head(branch, "", self.state.default_branch, "", draft=False)
            return open_pull(self.state, Token("", self.account, "classic", {}), (title, body), head).number

    def open_fork(self, branch: str, files: dict[str, str | None], title: str, body: str = "") -> int:
        """Open a pull request from a branch of one's own fork, which changes these files; return its number."""
        with self.state.lock:
            base_ref, bare = self.state.default_branch, self.state.bare
            base = bare.heads()[base_ref]
            commit = bare.commit_files(base, files, title)
            head = Head(branch, commit, base_ref, base, draft=False, fork=self.account.login)
            thread = self.state.new_thread(title, body, Token("", self.account, "classic", {}), head)
            bare.move(f"refs/pull/{thread.number}/head", commit)
            return thread.number

    def open_issue(self, title: str, body: str = "", labels: tuple[str, ...] = ()) -> int:
        """Open an issue; return its number."""
        with self.state.lock:
            thread = self.state.new_thread(title, body, Token("", self.account, "classic", {}))
            thread.labels += [self.state.label(name).name for name in labels]
            return thread.number

    def comment(self, number: int, text: str) -> Comment:
        """Write a comment."""
        with self.state.lock:
            return self.state.say(self._thread(number), self.account, text)

    def edit(self, comment: Comment, text: str) -> None:
        """Change what a comment says."""
        with self.state.lock:
            comment.body, comment.updated = text, self.state.now()

    def rewrite(self, number: int, title: str | None = None, body: str | None = None) -> None:
        """Change title or body of an issue or pull request."""
        with self.state.lock:
            thread = self._thread(number)
            thread.title = thread.title if title is None else title
            thread.body = thread.body if body is None else body
            thread.updated = self.state.now()

    def tick(self, number: int, line: str) -> None:
        """Tick the box of the one line of a body that holds `line`."""
        body = self._thread(number).body or ""
        (found,) = [text for text in body.splitlines() if line in text and text.lstrip().startswith("- [ ]")]
        self.rewrite(number, body=body.replace(found, found.replace("- [ ]", "- [x]", 1)))

    def review(self, number: int, state: str, text: str = "") -> Review:
        """Review a pull request: APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED."""
        with self.state.lock:
            thread = self._thread(number)
            head = headed(thread)
            thread.updated = now = self.state.now()
            given = Review(self.state.new_id(), self.account, state, text, head.sha, now)
            head.reviews.append(given)
            return given

    def label(self, number: int, name: str) -> None:
        """Add a label."""
        with self.state.lock:
            thread = self._thread(number)
            thread.labels.append(self.state.label(name).name)
            thread.updated = self.state.now()

    def push(self, branch: str, files: dict[str, str | None], message: str = "Change") -> str:
        """Commit files (None deletes one) on top of a branch, made where there is none; return the commit."""
        with self.state.lock:
            heads = self.state.bare.heads()
            parent = heads.get(branch, heads.get(self.state.default_branch))
            return self.force_push(branch, self.state.bare.commit_files(parent, files, message))

    def force_push(self, branch: str, commit: str) -> str:
        """Put a branch somewhere, whatever it was; return the commit."""
        with self.state.lock:
            self.state.bare.move(f"refs/heads/{branch}", commit)
            branches_moved(self.state, self.account)
            return commit

    def delete_branch(self, branch: str) -> None:
        """Delete a branch; its open pull requests are closed by that."""
        with self.state.lock:
            self.state.bare.delete(f"refs/heads/{branch}")
            branches_moved(self.state, self.account)
