namespace Errand.Commands;

/// <summary>One process for good: the system uses numbers again, but not within the same tick of its clock.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="StartedAt">When it started, in ticks since the system did.</param>
internal readonly partial record struct ProcessKey(int Pid, long StartedAt);
