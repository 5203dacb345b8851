"""Every error the product raises: one tree, one code each, never reused.

A class holds what is always true (code, status, title, whether the model may try again); an instance what
happened (detail, hint, facts). `api/problem.py` alone renders them as RFC 9457 problems; a class docstring is
the help page behind a problem's `type`. No DSN, key, prompt or cell value may stand in an error.
"""

from typing import ClassVar

BY_CODE: dict[str, type["DatabaseAIError"]] = {}
"""Code to class, for the help pages."""


class DatabaseAIError(Exception):
    """Root of the tree; only its leaves are raised."""

    code: ClassVar[str] = "DBAI9"
    status: ClassVar[int] = 500
    """HTTP status."""
    title: ClassVar[str] = "Internal error"
    repairable: ClassVar[bool] = False
    """The model may read `code` and `detail` and try again."""
    exit_code: ClassVar[int] = 1
    """CLI: 0 answered, 1 not answered, 2 usage or settings, 3 data source or store, 4 model."""

    def __init__(self, detail: str = "", *, hint: str = "", **facts: object) -> None:
        super().__init__(detail or type(self).title)
        self.detail = detail or (type(self).__doc__ or "").strip()
        """What happened, for a person."""
        self.hint = hint
        """What to do about it; empty when the title says it."""
        self.facts = facts
        """Small JSON values: position (characters from 0), sqlstate, name, limit."""

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if len(cls.code) == len("DBAI000"):
            if cls.code in BY_CODE and BY_CODE[cls.code].__qualname__ != cls.__qualname__:
                raise TypeError(f"{cls.code} is taken")
            BY_CODE[cls.code] = cls

    def __str__(self) -> str:
        return f"{self.code} {self.title}: {self.detail}"


class StartError(DatabaseAIError):
    """Something the program needs to start is missing."""

    code, status, title, exit_code = "DBAI0", 500, "The program could not start", 2


class SettingsInvalid(StartError):
    """A setting is unknown or has a value it cannot have."""

    code, title = "DBAI001", "Settings refused"


class HomeNotWritable(StartError):
    """The state directory cannot be written. Set `DATABASEAI_HOME` to a directory you may write."""

    code, title = "DBAI002", "State directory not writable"


class PortTaken(StartError):
    """Another program listens on the port."""

    code, title = "DBAI003", "Port taken"


class DiskFull(StartError):
    """There is not enough free disk space."""

    code, status, title = "DBAI004", 507, "Disk full"


class AlreadyRunning(StartError):
    """Another `databaseai up` holds this state directory."""

    code, status, title = "DBAI005", 409, "Already running"


class EmbeddedPostgresFailed(StartError):
    """The embedded PostgreSQL did not start; its log says why."""

    code, title, exit_code = "DBAI006", "Embedded PostgreSQL failed", 3


class ModelFileMissing(StartError):
    """No model file is here. `databaseai model pull` fetches it."""

    code, title, exit_code = "DBAI007", "Model file missing", 4


class ModelFileCorrupt(StartError):
    """The model file's SHA-256 is not the pinned one; it is not used."""

    code, title, exit_code = "DBAI008", "Model file corrupt", 4


class ModelServerFailed(StartError):
    """The embedded model server did not start; its log says why."""

    code, title, exit_code = "DBAI009", "Embedded model failed", 4


class DownloadFailed(StartError):
    """A download broke off or no source could be reached. What arrived is kept and resumed."""

    code, status, title, exit_code = "DBAI010", 502, "Download failed", 4


class UiBuildFailed(StartError):
    """The static UI could not be built; its log says why."""

    code, title = "DBAI011", "UI build failed"


class ListenRefused(StartError):
    """Listening beyond loopback needs accounts, and there are none."""

    code, title = "DBAI012", "Refused to listen"


class StoreUnreachable(StartError):
    """Our own database cannot be reached."""

    code, status, title, exit_code = "DBAI013", 503, "Store unreachable", 3


class SampleNotLoaded(StartError):
    """The sample database could not be made. Nothing of it was kept."""

    code, title, exit_code = "DBAI014", "Sample not loaded", 3


class InstanceGone(StartError):
    """The running instance went away while it was asked; what it had kept is taken up by the next start."""

    code, status, title, exit_code = "DBAI015", 503, "Instance went away", 1


class ServerNotStarted(StartError):
    """The web server could not start its application; the log says why."""

    code, title = "DBAI016", "Server not started"


class AttackRefused(StartError):
    """`doctor --attack` does not attack where it could do harm. Attack a copy, or mend what is named."""

    code, status, title, exit_code = "DBAI018", 409, "Attack refused", 3


class PolicyInvalid(StartError):
    """The policy file says what a policy cannot say, or names what the data source does not hold."""

    code, title = "DBAI017", "Policy refused"


class SemanticModelInvalid(StartError):
    """The semantic model file cannot be read, or says what a semantic model cannot say; the line is named."""

    code, status, title = "DBAI019", 422, "Semantic model refused"


class RequestError(DatabaseAIError):
    """The request cannot be taken as it is."""

    code, status, title, exit_code = "DBAI1", 400, "Request refused", 2


class RequestInvalid(RequestError):
    """The request's form is not what the route takes."""

    code, status, title = "DBAI101", 422, "Request invalid"


class QuestionEmpty(RequestError):
    """There is no question in the request."""

    code, status, title = "DBAI102", 422, "Empty question"


class QuestionTooLong(RequestError):
    """The question is longer than the limit."""

    code, status, title = "DBAI103", 413, "Question too long"


class NotFound(RequestError):
    """Nothing is at this address."""

    code, status, title = "DBAI104", 404, "Not found"


class MethodNotAllowed(RequestError):
    """The route does not take this method."""

    code, status, title = "DBAI105", 405, "Method not allowed"


class ForeignOrigin(RequestError):
    """The request comes from another site (Host or Origin header)."""

    code, status, title = "DBAI106", 403, "Foreign origin"


class RequestTooLarge(RequestError):
    """The request's body is larger than the limit."""

    code, status, title = "DBAI107", 413, "Request too large"


class ServerBusy(RequestError):
    """As many questions run as this server takes at once."""

    code, status, title, exit_code = "DBAI108", 429, "Server busy", 1


class QuestionUnreadable(RequestError):
    """The question holds control characters or is not UTF-8."""

    code, status, title = "DBAI109", 422, "Question unreadable"


class DatasetInvalid(RequestError):
    """The evaluation dataset cannot be read: the line and what is wrong with it are named."""

    code, status, title = "DBAI110", 422, "Dataset invalid"


class RunMismatch(RequestError):
    """The stored evaluation run is of another dataset, model or prompt; it is not continued."""

    code, status, title = "DBAI111", 409, "Another run is stored here"


class KeyReused(RequestError):
    """The idempotency key was used before, for another question."""

    code, status, title = "DBAI112", 409, "Idempotency key reused"


class ServerStopping(RequestError):
    """The server is shutting down and takes no new question."""

    code, status, title, exit_code = "DBAI113", 503, "Server stopping", 1


class DataSourceError(DatabaseAIError):
    """The user's database or its catalog cannot be used."""

    code, status, title, exit_code = "DBAI2", 502, "Data source problem", 3


class DataSourceUrlInvalid(DataSourceError):
    """The data source's URL cannot be read."""

    code, status, title = "DBAI201", 422, "Data source URL invalid"


class DataSourceUnreachable(DataSourceError):
    """The data source does not answer."""

    code, status, title = "DBAI202", 503, "Data source unreachable"


class DataSourceLoginRefused(DataSourceError):
    """The data source refused the login or its password."""

    code, title = "DBAI203", "Login refused"


class ReaderTooPowerful(DataSourceError):
    """The login may do more than read; `databaseai` refuses to use it."""

    code, status, title = "DBAI204", 403, "Login too powerful"


class DatabaseMissing(DataSourceError):
    """The server has no database of that name."""

    code, title = "DBAI205", "Database missing"


class DataSourceTooOld(DataSourceError):
    """The server is older than PostgreSQL 15."""

    code, title = "DBAI206", "PostgreSQL too old"


class DataSourceBusy(DataSourceError):
    """No connection to the data source became free in time."""

    code, status, title = "DBAI207", 503, "Data source busy"


class CatalogUnreadable(DataSourceError):
    """The catalog could not be read in time."""

    code, status, title = "DBAI208", 504, "Catalog unreadable"


class CatalogEmpty(DataSourceError):
    """The login may read no table. Grant it SELECT on what it should answer about."""

    code, status, title = "DBAI209", 422, "Nothing to ask about"


class DataSourceMissing(DataSourceError):
    """No data source is configured."""

    code, status, title = "DBAI210", 503, "No data source"


class AskerMissing(DataSourceError):
    """The data source tells askers apart: say who asks (`--as`, `data_source.asker`, or your own login)."""

    code, status, title, exit_code = "DBAI211", 403, "Nobody is known to ask", 2


class AskerUnknown(DataSourceError):
    """No login of the data source belongs to this asker; nobody else's is used instead."""

    code, status, title, exit_code = "DBAI212", 403, "Asker unknown to the data source", 2


class IdentityNotReady(DataSourceError):
    """Who asks cannot be told to the data source: a file, a key or a function of it is not as it must be."""

    code, status, title = "DBAI213", 503, "Identity not set up"


class AskerLoginRefused(DataSourceError):
    """The data source refused the asker's own login."""

    code, status, title = "DBAI214", 403, "Asker's login refused"


class LanguageModelError(DatabaseAIError):
    """The language model did not give a usable reply."""

    code, status, title, exit_code = "DBAI3", 502, "Language model problem", 4


class ModelUnreachable(LanguageModelError):
    """The model's endpoint does not answer."""

    code, status, title = "DBAI301", 503, "Model unreachable"


class ModelKeyRefused(LanguageModelError):
    """The model's endpoint refused the key."""

    code, title = "DBAI302", "Model key refused"


class ModelRateLimited(LanguageModelError):
    """The model's endpoint says: too many requests."""

    code, status, title = "DBAI303", 503, "Model rate limited"


class ModelTimeout(LanguageModelError):
    """The model did not finish in time."""

    code, status, title = "DBAI304", 504, "Model timed out"


class ModelFault(LanguageModelError):
    """The model's endpoint reported a fault of its own."""

    code, title = "DBAI305", "Model endpoint failed"


class ModelNotFound(LanguageModelError):
    """The endpoint has no model of that name."""

    code, title = "DBAI306", "Model not found"


class ModelContextExceeded(LanguageModelError):
    """The prompt is longer than the model can read."""

    code, status, title = "DBAI307", 422, "Prompt too long for the model"


class ModelReplyEmpty(LanguageModelError):
    """The model replied with nothing."""

    code, title, repairable = "DBAI308", "Empty reply", True


class ModelReplyEndless(LanguageModelError):
    """The model's reply passed its bound and was cut off."""

    code, title, repairable = "DBAI309", "Endless reply", True


class ModelCircuitOpen(LanguageModelError):
    """The model failed several times in a row; it is left alone for a moment."""

    code, status, title = "DBAI310", 503, "Model resting"


class ModelReplyNotSql(LanguageModelError):
    """The model's reply holds no SQL statement."""

    code, title, repairable = "DBAI311", "No SQL in the reply", True


class ModelReplyMalformed(LanguageModelError):
    """The endpoint's reply is not what an OpenAI-compatible API sends."""

    code, title = "DBAI312", "Malformed reply"


class ModelRequestRefused(LanguageModelError):
    """The endpoint refused the request as malformed."""

    code, title = "DBAI313", "Model refused the request"


class UnderstandingError(DatabaseAIError):
    """The question could not be turned into one about this data."""

    code, status, title, exit_code = "DBAI4", 422, "Question not understood", 1


class QuestionAmbiguous(UnderstandingError):
    """The question has several readings that give different answers."""

    code, title = "DBAI401", "Ambiguous question"


class QuestionUnanswerable(UnderstandingError):
    """The data cannot answer the question."""

    code, title = "DBAI402", "Not answerable from this data"


class PromptTooLong(UnderstandingError):
    """The question and the tables it needs do not fit the model's context."""

    code, title = "DBAI403", "Prompt too long"


class GuardrailError(DatabaseAIError):
    """The gate refused the statement: nothing ran."""

    code, status, title, exit_code = "DBAI5", 422, "Statement refused", 1


class StatementEmpty(GuardrailError):
    """There is no statement in the text."""

    code, title, repairable = "DBAI501", "Empty statement", True


class StatementTooLong(GuardrailError):
    """The statement is longer than the limit."""

    code, status, title = "DBAI502", 413, "Statement too long"


class CharacterRefused(GuardrailError):
    """The text holds a NUL, a control character or bytes that are not UTF-8."""

    code, title, repairable = "DBAI503", "Character refused", True


class StatementUnparsable(GuardrailError):
    """PostgreSQL's grammar cannot read the statement."""

    code, title, repairable = "DBAI504", "Syntax error", True


class SecondParserUnparsable(GuardrailError):
    """PostgreSQL could read the statement, the second parser could not; both must."""

    code, title, repairable = "DBAI505", "Not readable by both parsers", True


class SeveralStatements(GuardrailError):
    """There is more than one statement; exactly one may run."""

    code, title, repairable = "DBAI506", "Several statements", True


class WriteRefused(GuardrailError):
    """The statement is not a query: it writes, locks or changes something."""

    code, title, repairable = "DBAI507", "Only queries may run", True


class NodeRefused(GuardrailError):
    """The statement uses a construct that is not on the allow-list."""

    code, title, repairable = "DBAI508", "Construct refused", True


class FunctionRefused(GuardrailError):
    """The statement calls a function that is not on the allow-list."""

    code, title, repairable = "DBAI509", "Function refused", True


class OperatorRefused(GuardrailError):
    """The statement uses an operator that is not on the allow-list."""

    code, title, repairable = "DBAI510", "Operator refused", True


class TypeRefused(GuardrailError):
    """The statement names a type that is not on the allow-list."""

    code, title, repairable = "DBAI511", "Type refused", True


class RelationRefused(GuardrailError):
    """The statement reads a relation that is not in the catalog."""

    code, title, repairable = "DBAI512", "Table refused", True


class ColumnRefused(GuardrailError):
    """The statement names a column that no table in its scope has."""

    code, title, repairable = "DBAI513", "Column refused", True


class SizeRefused(GuardrailError):
    """A size argument is not a small literal number."""

    code, title, repairable = "DBAI514", "Size refused", True


class NestingRefused(GuardrailError):
    """The statement is nested deeper than the limit."""

    code, title, repairable = "DBAI515", "Nested too deep", True


class ParsersDisagree(GuardrailError):
    """The two parsers read the statement differently."""

    code, title, repairable = "DBAI516", "Parsers disagree", True


class ExtensionRefused(GuardrailError):
    """A value of an extension's or a user's type is worked on where the gate cannot know what that means."""

    code, title, repairable = "DBAI517", "Extension type refused", True


class PolicyRefused(GuardrailError):
    """The statement names what the policy closes, or a masked table where no mask can be written in."""

    code, title, repairable = "DBAI518", "Not open under the policy", True


class PlanningError(DatabaseAIError):
    """PostgreSQL could not plan the query, or its plan is too heavy."""

    code, status, title, exit_code = "DBAI6", 422, "Planning problem", 1


class PlanTooCostly(PlanningError):
    """The plan's estimated cost is above the limit."""

    code, title, repairable = "DBAI601", "Query too heavy", True


class ExplainRefused(PlanningError):
    """EXPLAIN may ask for an estimate only: nothing that executes the statement, no unknown option."""

    code, title, repairable = "DBAI602", "EXPLAIN refused", True


class ExecutionError(DatabaseAIError):
    """PostgreSQL refused the query while it ran."""

    code, status, title, exit_code = "DBAI7", 422, "Query failed", 1


class StatementTimeout(ExecutionError):
    """The query ran past its time limit and was cancelled (SQLSTATE 57014)."""

    code, status, title, repairable = "DBAI701", 504, "Query timed out", True


class QueryFailed(ExecutionError):
    """PostgreSQL reported an error that has no code of its own here."""

    code, title, repairable = "DBAI702", "Query failed", True


class UnknownTable(ExecutionError):
    """The statement names a table the reader cannot see (SQLSTATE 42P01)."""

    code, title, repairable = "DBAI703", "Unknown table", True


class UnknownColumn(ExecutionError):
    """The statement names a column the reader cannot see (SQLSTATE 42703)."""

    code, title, repairable = "DBAI704", "Unknown column", True


class UnknownFunction(ExecutionError):
    """No function or operator takes these argument types (SQLSTATE 42883)."""

    code, title, repairable = "DBAI705", "Unknown function", True


class PermissionDenied(ExecutionError):
    """The reader may not read this (SQLSTATE 42501)."""

    code, status, title = "DBAI706", 403, "Permission denied"


class SyntaxRefused(ExecutionError):
    """The server cannot read the statement (SQLSTATE 42601)."""

    code, title, repairable = "DBAI707", "Syntax error", True


class GroupingFault(ExecutionError):
    """A column is neither grouped nor aggregated (SQLSTATE 42803)."""

    code, title, repairable = "DBAI708", "Grouping error", True


class AmbiguousColumn(ExecutionError):
    """A column name belongs to several tables (SQLSTATE 42702)."""

    code, title, repairable = "DBAI709", "Ambiguous column", True


class TypeMismatch(ExecutionError):
    """Types do not fit together (SQLSTATE 42804, 42846, 42725)."""

    code, title, repairable = "DBAI710", "Type mismatch", True


class ValueFault(ExecutionError):
    """A value cannot be read as its type, or is out of range (SQLSTATE class 22)."""

    code, title, repairable = "DBAI711", "Value error", True


class WriteStopped(ExecutionError):
    """PostgreSQL stopped a write in the read-only transaction (SQLSTATE 25006)."""

    code, title = "DBAI712", "Write stopped"


class LockTimeout(ExecutionError):
    """A lock was not granted in time (SQLSTATE 55P03)."""

    code, status, title = "DBAI713", 503, "Table locked"


class ResourceExhausted(ExecutionError):
    """The server ran out of memory, disk or connections (SQLSTATE class 53), or a limit was reached (54)."""

    code, status, title = "DBAI714", 507, "Server resources exhausted"


class ConnectionLost(ExecutionError):
    """The connection broke while the query ran (SQLSTATE class 08, 57P)."""

    code, status, title, exit_code = "DBAI715", 503, "Connection lost", 3


class Stopped(ExecutionError):
    """The asker stopped the run."""

    code, status, title = "DBAI716", 499, "Stopped"


class ResultTooLarge(ExecutionError):
    """One cell or row is larger than the limit."""

    code, status, title, repairable = "DBAI717", 413, "Result too large", True


class ServerMemoryExceeded(ExecutionError):
    """The query needs more memory than the server has for it (`limits.server_memory_mb`; SQLSTATE 53200)."""

    code, status, title, repairable = "DBAI718", 507, "Query needs too much memory", True


class AfterRowsError(DatabaseAIError):
    """The rows are there; what should follow them failed."""

    code, status, title, exit_code = "DBAI8", 500, "Answer incomplete", 1


class AnswerNotKept(AfterRowsError):
    """The answer could not be kept in the store."""

    code, status, title = "DBAI801", 503, "Answer not kept"


class InternalError(DatabaseAIError):
    """A fault of ours. The log has it under the request id."""

    code, status, title, exit_code = "DBAI9", 500, "Internal error", 1


class Unexpected(InternalError):
    """Something happened that no part of the program expected."""

    code, title = "DBAI901", "Internal error"


class ServerUnreachable(InternalError):
    """The page's server cannot reach the API. `databaseai_web` writes it, as it knows no errors."""

    code, status, title = "DBAI902", 503, "Server unreachable"
