namespace Errand.Mcp.Wire;

/// <summary>What became of a request to end a job.</summary>
internal sealed record WireStop(string Answer, string Message, WireJob? Job)
{
    public static WireStop Of(StopReply reply) => new(WordOf(reply.Answer), reply.Message, reply.Job is { } job ? WireJob.InList(job) : null);

    public static string WordOf(StopAnswer answer) => answer switch
    {
        StopAnswer.Cancelled => "cancelled",
        StopAnswer.Cancelling => "cancelling",
        StopAnswer.AlreadyCancelling => "already_cancelling",
        StopAnswer.AlreadyCancelled => "already_cancelled",
        StopAnswer.AlreadyFinished => "already_finished",
        _ => "not_found",
    };
}

/// <summary>What a wait found.</summary>
internal sealed record WireNews(WireBrief Job, string Cursor, string Output, bool TimedOut);

/// <summary>Why something was refused, in the words of every surface.</summary>
internal sealed record WireProblem(string Code, string Message, string? Param, string? JobId)
{
    public static WireProblem Of(JobException problem) => new(CodeOf(problem), problem.Message, ParameterOf(problem), problem.JobId?.ToString());

    private static string CodeOf(JobException problem) => problem switch
    {
        InvalidJobException => "invalid",
        UnknownJobKindException => "unknown_kind",
        JobNotFoundException => "not_found",
        JobNotFinishedException => "not_finished",
        JobFailedException => "job_failed",
        PayloadTooLargeException => "too_large",
        JobKeyConflictException => "key_conflict",
        InputNotExpectedException => "input_not_expected",
        ShuttingDownException => "shutting_down",
        StoreUnavailableException => "store_unavailable",
        _ => "refused",
    };

    private static string? ParameterOf(JobException problem) => problem switch
    {
        InvalidJobException invalid => invalid.Parameter,
        PayloadTooLargeException tooLarge => tooLarge.Part,
        UnknownJobKindException => "kind",
        _ => null,
    };
}
