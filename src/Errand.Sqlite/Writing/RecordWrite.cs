namespace Errand.Sqlite;

/// <summary>Writes a named record.</summary>
internal sealed class RecordWrite(string name, long expectedVersion, JobData value) : WriteRequest<bool>
{
    public override void Execute(WriteSession session)
    {
        Result = session.Records.TryWrite(name, expectedVersion, value);
        // It may be a pause or a drain.
        session.Gates.Forget();
    }
}
