namespace Errand.Commands;

/// <summary>What a command uses, with all that it has started.</summary>
/// <param name="CpuTime">Time of processors so far. It never falls, though the time of an orphan may be missed where its end was.</param>
/// <param name="MemoryBytes">Memory that would have to be given back: without files that are only mapped or cached.</param>
/// <param name="PeakMemoryBytes">The most that was seen of it.</param>
/// <param name="Processes">Processes, each of their threads counted.</param>
internal readonly record struct TreeUsage(TimeSpan CpuTime, long MemoryBytes, long PeakMemoryBytes, int Processes);
