using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Applies transitions.</summary>
internal sealed class ApplyWrite : WriteRequest<IReadOnlyList<ApplyResult>>
{
    private static readonly RequestPool<ApplyWrite> Pool = new();
    private IReadOnlyList<JobWrite> _writes = [];

    public override int Weight => _writes.Count;

    public static ApplyWrite Of(IReadOnlyList<JobWrite> writes)
    {
        var write = Pool.Take();
        write._writes = writes;
        return write;
    }

    public override void Execute(WriteSession session)
    {
        var results = new ApplyResult[_writes.Count];
        for (int i = 0; i < results.Length; i++) results[i] = session.Apply(_writes[i].Id, _writes[i].Transition);
        Result = results;
    }

    protected override void Recycle()
    {
        _writes = [];
        Pool.Return(this);
    }
}
