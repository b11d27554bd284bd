using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Adds jobs.</summary>
internal sealed class AddWrite : WriteRequest<IReadOnlyList<AddResult>>
{
    private static readonly RequestPool<AddWrite> Pool = new();
    private IReadOnlyList<Job> _jobs = [];

    public override int Weight => _jobs.Count;

    public static AddWrite Of(IReadOnlyList<Job> jobs)
    {
        var write = Pool.Take();
        write._jobs = jobs;
        return write;
    }

    public override void Execute(WriteSession session) => Result = session.Add(_jobs);

    protected override void Recycle()
    {
        _jobs = [];
        Pool.Return(this);
    }
}
