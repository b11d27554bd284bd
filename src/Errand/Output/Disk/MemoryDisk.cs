using System.Collections.Concurrent;

namespace Errand;

/// <summary>Output files in memory.</summary>
internal sealed class MemoryDisk : OutputDisk
{
    private readonly ConcurrentDictionary<JobId, ConcurrentDictionary<int, Folder>> _jobs = new();

    public override bool IsShared => false;

    public override OutputFile? Find(JobId job, int attempt, OutputPart part) =>
        _jobs.TryGetValue(job, out var folders) && folders.TryGetValue(attempt, out var folder) ? folder.Files[(int)part] : null;

    public override OutputFile Create(JobId job, int attempt, OutputPart part)
    {
        var folder = Create(job, attempt);
        ref var file = ref folder.Files[(int)part];
        return file ?? Interlocked.CompareExchange(ref file, new MemoryFile(), null) ?? file;
    }

    public override void FlushNames(JobId job, int attempt) { }

    public override int LastAttempt(JobId job)
    {
        int last = 0;
        if (!_jobs.TryGetValue(job, out var folders)) return last;
        foreach (var (attempt, folder) in folders)
            if (attempt > last && folder.Files[(int)OutputPart.Index] is not null) last = attempt;
        return last;
    }

    public override IReadOnlyList<JobId> List(JobId after, int limit) => [.. _jobs.Keys.Where(job => job > after).Order().Take(limit)];

    public override void WriteResult(JobId job, int attempt, ReadOnlyMemory<byte> result) => Create(job, attempt).Result = result.ToArray();

    public override ReadOnlyMemory<byte> ReadResult(JobId job, int attempt) =>
        _jobs.TryGetValue(job, out var folders) && folders.TryGetValue(attempt, out var folder) ? folder.Result : default;

    public override void Delete(JobId job) => _jobs.TryRemove(job, out _);

    private Folder Create(JobId job, int attempt) =>
        _jobs.GetOrAdd(job, static _ => new()).GetOrAdd(attempt, static _ => new Folder());

    private sealed class Folder
    {
        public MemoryFile?[] Files { get; } = new MemoryFile?[4];

        public byte[]? Result { get; set; }
    }
}
