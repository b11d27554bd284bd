namespace Errand.Commands;

/// <summary>How commands are run in this process. Checked when the host starts.</summary>
public sealed class CommandOptions
{
    /// <summary>How long a command that was cancelled has after its interrupt, until it is asked to terminate. Default: 1 s.</summary>
    public TimeSpan TerminateAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long it has after its interrupt, until it is killed. Default: 5 s.</summary>
    public TimeSpan KillAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What stands between the server and each command. Default: <see cref="SupervisorChoice.Auto"/>.</summary>
    public SupervisorChoice Supervisor { get; set; }

    /// <summary>The shell of lines that name none; it is given them by <c>-c</c>. An absolute path. Default: <c>/bin/sh</c>.</summary>
    public string DefaultShell { get; set; } = CommandShell.Default;

    /// <summary>
    /// Whether percentages and fractions in what a command writes are its progress: <c>42%</c>, <c>[3/10]</c>, <c>3 of 10</c>. Default: true.
    /// </summary>
    public bool ReadsProgress { get; set; } = true;

    /// <summary>
    /// Patterns of progress that go before the usual ones: regular expressions without lookarounds and backreferences, with a group
    /// <c>percent</c>, or <c>current</c> and perhaps <c>total</c>, such as <c>epoch (?&lt;current&gt;\d+)\|(?&lt;total&gt;\d+)</c>. Each line is
    /// looked at by itself, up to 200 characters of it. Default: none.
    /// </summary>
    public IList<string> ProgressPatterns { get; } = [];

    /// <summary>Which commands may start, and which a person is asked about first.</summary>
    public CommandPolicy Policy { get; } = new();

    /// <summary>Refuses options that cannot be kept.</summary>
    /// <exception cref="InvalidOperationException">Some cannot; the message has all of them.</exception>
    internal void Check()
    {
        string[] problems = [.. Problems()];
        if (problems.Length > 0) throw new InvalidOperationException(string.Join(" ", problems.Select(problem => $"CommandOptions.{problem}")));
    }

    /// <summary>What reads progress by these options.</summary>
    internal ProgressReader CreateProgressReader() =>
        new([.. ProgressPatterns.Select(pattern => ProgressPattern.TryRead(pattern, out _)).OfType<ProgressPattern>()], ReadsProgress);

    private IEnumerable<string> Problems()
    {
        if (TerminateAfter < TimeSpan.Zero) yield return $"TerminateAfter must not be negative; it is {TerminateAfter}.";
        if (KillAfter < TerminateAfter) yield return $"KillAfter must not come before TerminateAfter, {TerminateAfter}; it is {KillAfter}.";
        if (!Enum.IsDefined(Supervisor)) yield return $"Supervisor must be Auto, Native or Shell; it is {Supervisor}.";
        if (!Path.IsPathFullyQualified(DefaultShell)) yield return $"DefaultShell must be an absolute path; it is '{DefaultShell}'.";
        foreach (string pattern in ProgressPatterns)
            if (ProgressPattern.TryRead(pattern, out string? problem) is null) yield return $"ProgressPatterns: '{pattern}' {problem}.";
        foreach (string problem in Policy.Problems()) yield return problem;
    }
}
