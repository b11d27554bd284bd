namespace Errand.Mcp;

/// <summary>
/// The schemas of what Errand's own tools answer. Clients check refusals by them, too, so each of them admits one; and what is not said here is
/// not forbidden, so that an answer may come to say more.
/// </summary>
internal static class AnswerSchemas
{
    /// <summary>A job in full.</summary>
    public const string WholeJob = """
        {
          "type": "object",
          "properties": {
            "id": { "type": "string" },
            "kind": { "type": "string" },
            "state": { "enum": ["queued", "running", "waiting", "completed", "failed", "cancelled"] },
            "title": { "type": "string" },
            "createdAt": { "type": "string" },
            "startedAt": { "type": "string" },
            "finishedAt": { "type": "string" },
            "progress": { "type": "object" },
            "eta": { "type": "object" },
            "waitingFor": { "type": "object" },
            "exitCode": { "type": "integer" },
            "error": { "type": "object" },
            "questions": { "type": "array", "items": { "type": "object" }, "description": "What it asks." },
            "result": { "description": "What it came to, where that is small." },
            "isError": { "type": "boolean", "description": "Whether the result says that it is an error." }
          },
          "required": ["id", "state"]
        }
        """;

    /// <summary>A job, where more of it need not be said: lists of tools are read by models, too.</summary>
    public const string Job = """
        { "type": "object", "properties": { "id": { "type": "string" }, "state": { "type": "string" } }, "required": ["id", "state"] }
        """;

    /// <summary>Why a call was refused.</summary>
    public const string Problem = """
        {
          "type": "object",
          "properties": {
            "code": { "type": "string" }, "message": { "type": "string" }, "param": { "type": "string" }, "jobId": { "type": "string" }
          },
          "required": ["code", "message"]
        }
        """;

    /// <summary>One of several forms, or a refusal. Before 2026-07-28 the root must say that it is an object.</summary>
    public static string OrProblem(params string[] forms) => $$"""
        { "type": "object", "anyOf": [{{string.Join(", ", forms)}}, {{Problem}}] }
        """;
}
