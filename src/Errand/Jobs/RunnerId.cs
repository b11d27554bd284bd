namespace Errand;

/// <summary>The name of one life of a runner. A runner that has lapsed comes back under a new one.</summary>
/// <param name="Text">The name.</param>
public readonly record struct RunnerId(string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>
/// Who may write to a job: its runner, in this attempt. Every write of a runner carries it, and a store refuses those that do not fit.
/// </summary>
/// <param name="Runner">The runner.</param>
/// <param name="Attempt">The attempt, from 1.</param>
public readonly record struct JobFence(RunnerId Runner, int Attempt);
