namespace Errand.Commands;

/// <summary>
/// What a command has started and what that has started, wherever it went, without the supervisor that started the command. It is found
/// while the supervisor lives and when it is dead.
/// </summary>
internal abstract class ProcessTree
{
    /// <summary>How long a kill goes on about processes that do not go away.</summary>
    public static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(5);

    /// <summary>The tree of a supervisor.</summary>
    /// <param name="supervisor">The process that started the command.</param>
    /// <param name="mark">What it carries, or the default for none.</param>
    /// <param name="group">Its control group, where there is one.</param>
    public static ProcessTree Of(ProcessKey supervisor, ProcessMark mark, ControlGroup? group = null) =>
        OperatingSystem.IsLinux() ? new LinuxProcessTree(supervisor, mark, group) : new PortableProcessTree(supervisor);

    /// <summary>Its live processes.</summary>
    public abstract IReadOnlyList<ProcessMember> Members();

    /// <summary>Sends all of them a signal. Those that are stopped are woken, so that they hear it.</summary>
    /// <param name="signal">The signal.</param>
    /// <returns>How many it was sent to.</returns>
    public abstract int Signal(int signal);

    /// <summary>Kills them until none is left or the patience is over.</summary>
    /// <param name="time">The clock of the patience.</param>
    /// <param name="patience">How long it may take.</param>
    /// <returns>
    /// Who was left: another user's (sudo), one that hangs in the kernel, or one that multiplies faster than it can be found, as it was last
    /// seen.
    /// </returns>
    public abstract Task<IReadOnlyList<ProcessMember>> KillAsync(TimeProvider time, TimeSpan patience);
}
