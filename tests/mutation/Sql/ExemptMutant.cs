namespace Errand.Mutation.Tests;

/// <summary>Mutants of SQL conditions that need not die, each with the reason.</summary>
/// <param name="Head">How the head of the statements begins.</param>
/// <param name="Term">The term that is missing.</param>
/// <param name="Reason">Why nobody can tell.</param>
internal sealed record ExemptMutant(string Head, string Term, string Reason)
{
    private const string Gone = "WITH RECURSIVE holder", Line = "WITH RECURSIVE line", Kinds = "WITH RECURSIVE one", Queue = "WITH RECURSIVE queue";

    private const string Hint = "It is there for the partial index; the other terms imply it.";
    private const string Wider = "The walk would pass more names, at which the statement that uses them finds nothing.";
    private const string Walk = "The walk would never come to its end, and no test can wait for that.";

    /// <summary>Those that do the same, and so must survive.</summary>
    public static IReadOnlyList<ExemptMutant> Equivalent { get; } =
    [
        new("List by", "id >= ?", "What was made before the time is left out by created_at as well; the id only says where in the index to begin."),
        new("List by job_by_owner", "owner <> 'local'", Hint),
        new("SELECT id, attempt, phase, version FROM job INDEXED BY job_held", "phase > 0", "A queued job has no runner. " + Hint),
        new("SELECT rank, seq FROM job INDEXED BY job_held", "phase > 0", "A queued job has no runner. " + Hint),
        new(Gone, "phase > 0", Wider),
        new(Gone, "phase > 0 (no. 2)", Wider),
        new(Gone, "phase < 5", Wider),
        new(Gone, "phase < 5 (no. 2)", Wider),
        new(Line, "phase = 0", Wider),
        new(Line, "phase = 0 (no. 2)", Wider),
        new(Line, "holds = 0", Wider),
        new(Line, "holds = 0 (no. 2)", Wider),
        new(Kinds, "kind IS NOT NULL", "Jobs of a kind without a name would be looked for after the others, and there are none."),
        new(Queue, "phase = 0", Wider),
        new(Queue, "phase = 0 (no. 2)", Wider),
        new(Queue, "holds = 8", Wider),
        new(Queue, "holds = 8 (no. 2)", Wider),
        new(Queue, "waits_for = ?1", Wider),
        new(Queue, "waits_for = ?1 (no. 2)", Wider),
        new(Queue, "job.holds = 8", "A queued job that waits for a cap is held back by it alone. " + Hint),
        new("SELECT rank, seq FROM job INDEXED BY job_at_cap", "holds = 8", "A queued job that waits for a cap is held back by it alone. " + Hint),
        new("List by job_by_keep", "keep_for IS NOT NULL", "Without it, there is no time to compare. " + Hint),
        new("SELECT name, most_running", "open = 1", "Those that are closed would be looked at and passed by; the column only says which are in the index."),
        new("UPDATE OR FAIL job SET", "dependents IS NULL", "It would be marked once more: a needless write."),
        new("UPDATE OR FAIL job SET", "phase = 0", "Only a job that was queued just now is put in its place in its session."),
        new("UPDATE OR FAIL job SET", "(holds & 2) <> 0", "What is not held back would be let go again: a needless write and a needless hint."),
        new("UPDATE runner SET", "lapsed = 0", "A runner that has lapsed would lapse again: the answer is the same, and hints may come twice."),
    ];

    /// <summary>Those that are not tried.</summary>
    public static IReadOnlyList<ExemptMutant> Endless { get; } =
    [
        new(Gone, "runner > holder.id", Walk),
        new(Gone, "holder.id IS NOT NULL", Walk),
        new(Line, "kind > line.kind", Walk),
        new(Line, "line.kind IS NOT NULL", Walk),
        new(Queue, "kind > queue.kind", Walk),
        new(Queue, "queue.kind IS NOT NULL", Walk),
        new(Kinds, "kind > one.kind", Walk),
        new(Kinds, "one.kind IS NOT NULL", Walk),
    ];

    public bool Means(SqlMutant mutant) => mutant.Term == Term && mutant.Head.StartsWith(Head, StringComparison.Ordinal);
}
