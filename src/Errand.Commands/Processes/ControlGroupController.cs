namespace Errand.Commands;

/// <summary>What a hierarchy of control groups can do for a command.</summary>
[Flags]
internal enum ControlGroupController
{
    None = 0,

    /// <summary>Ends all members at once, which nobody escapes who multiplies. Every group of version 2 can.</summary>
    Kill = 1,
    Memory = 2,
    Processes = 4,
    CpuWeight = 8,

    /// <summary>Counts the time of processors, of those that have ended too. Every group of version 2 does.</summary>
    CpuTime = 16,
}
