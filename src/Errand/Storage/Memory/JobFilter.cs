namespace Errand.Storage;

/// <summary>Tells which jobs a query means.</summary>
internal sealed class JobFilter(JobQuery query)
{
    public JobPhases Phases { get; } = query.Phases;

    /// <summary>Whose children the query means.</summary>
    public JobId? Parent { get; } = query.Parent;

    /// <summary>Whose members the query means.</summary>
    public JobId? Batch { get; } = query.Batch;

    /// <summary>Whether the query asks for nothing but states.</summary>
    public bool IsOnlyPhases { get; } = query is
    {
        Kind: null, Owner: null, Agent: null, Session: null, Tag: null, Parent: null, Text: null,
        CreatedFrom: null, CreatedBefore: null, FinishedBefore: null, Batch: null, Fingerprint: null, DeadLetters: false, ExpiredBefore: null,
    };

    public bool Means(Job job) => Phases.Has(job.Phase) && (IsOnlyPhases || MeansSpec(job.Spec) && MeansTimes(job));

    private bool MeansSpec(JobSpec spec) =>
        (query.Kind is null || query.Kind == spec.Kind)
        && (query.Owner is null || query.Owner == spec.Owner)
        && (query.Agent is null || query.Agent == spec.Agent)
        && (query.Session is null || query.Session == spec.Session)
        && (query.Tag is null || spec.Tags.Contains(query.Tag))
        && (query.Parent is null || query.Parent == spec.Parent)
        && (query.Batch is null || query.Batch == spec.Batch)
        && (query.Fingerprint is null || query.Fingerprint == spec.Fingerprint)
        && (query.Text is null || Has(spec.Title, query.Text) || Has(spec.Kind, query.Text));

    private bool MeansTimes(Job job) =>
        (query.CreatedFrom is null || job.CreatedAt >= query.CreatedFrom)
        && (query.CreatedBefore is null || job.CreatedAt < query.CreatedBefore)
        && (query.FinishedBefore is null || job.FinishedAt < query.FinishedBefore)
        && (query.ExpiredBefore is null || job.ExpiresAt < query.ExpiredBefore)
        && (!query.DeadLetters || job.IsDeadLetter);

    private static bool Has(string? text, string part) => text is not null && text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
