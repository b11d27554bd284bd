namespace Errand.Testing.Conformance;

/// <summary>Whether two jobs say the same: records with lists in them do not tell. Times may differ by less than a millisecond.</summary>
internal static class SameJob
{
    public static void Assert(Job expected, Job? actual, string context = "")
    {
        Xunit.Assert.NotNull(actual);
        var differences = Differences(expected, actual).ToList();
        Xunit.Assert.True(differences.Count == 0, $"{context} {string.Join("; ", differences)}".Trim());
    }

    public static IEnumerable<string> Differences(Job expected, Job actual)
    {
        foreach (var (name, left, right) in Parts(expected).Zip(Parts(actual), (left, right) => (left.Name, left.Value, right.Value)))
            if (!Same(left, right)) yield return $"{name}: expected {left ?? "none"}, got {right ?? "none"}";
    }

    private static bool Same(object? left, object? right) => (left, right) switch
    {
        (DateTimeOffset a, DateTimeOffset b) => (a - b).Duration() < TimeSpan.FromMilliseconds(1),
        _ => Equals(left, right),
    };

    private static IEnumerable<(string Name, object? Value)> Parts(Job job) =>
    [
        ("id", job.Id), ("phase", job.Phase), ("version", job.Version), ("attempt", job.Attempt), ("runner", job.Runner), ("holds", job.Holds),
        ("caps", string.Join('\n', job.Caps)), ("waits for cap", job.WaitsForCap), ("pending parents", job.PendingParents),
        ("dead letter", job.IsDeadLetter),
        ("created", job.CreatedAt), ("scheduled", job.ScheduledAt), ("started", job.StartedAt), ("promoted", job.PromotedAt),
        ("finished", job.FinishedAt), ("last activity", job.LastActivityAt), ("progress", job.Progress),
        ("cancel request", job.CancelRequest is null ? null : (job.CancelRequest.By, job.CancelRequest.Force)),
        ("cancel requested at", job.CancelRequest?.At), ("checkpoint", job.Checkpoint), ("inputs", job.Inputs.Count),
        .. SpecParts(job.Spec), .. InputParts(job.Inputs), .. OutcomeParts(job.Outcome),
    ];

    private static IEnumerable<(string Name, object? Value)> SpecParts(JobSpec spec) =>
    [
        ("kind", spec.Kind), ("input", spec.Input), ("title", spec.Title), ("owner", spec.Owner), ("agent", spec.Agent), ("session", spec.Session),
        ("priority", spec.Priority), ("tags", string.Join('\n', spec.Tags)), ("run at", spec.RunAt), ("held", spec.Held),
        ("limits", spec.Limits), ("retry", spec.Retry),
        ("metadata", string.Join('\n', spec.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))),
        ("key", spec.Key), ("parent", spec.Parent), ("retry of", spec.RetryOf), ("trace parent", spec.TraceParent),
        ("batch", spec.Batch), ("after", string.Join('\n', spec.After)), ("own caps", string.Join('\n', spec.Caps)),
        ("fingerprint", spec.Fingerprint), ("reuse", spec.Reuse), ("keep for", spec.KeepFor),
        ("notify", string.Join('\n', spec.Notify.Select(notice => (notice.Url, notice.CommandName, notice.On)))),
    ];

    private static IEnumerable<(string Name, object? Value)> InputParts(IReadOnlyList<JobInput> inputs) =>
        inputs.SelectMany((input, i) => new (string, object?)[]
        {
            ($"input {i}", (input.Key, input.Request, input.Answer, input.AnsweredBy)),
            ($"input {i} asked", input.AskedAt), ($"input {i} answered", input.AnsweredAt),
        });

    private static IEnumerable<(string Name, object? Value)> OutcomeParts(JobOutcome? outcome) =>
    [
        ("outcome", outcome?.State), ("result", outcome?.Result), ("error", outcome?.Error), ("exit code", outcome?.ExitCode),
        ("signal", outcome?.Signal), ("output", outcome?.Output),
    ];
}
