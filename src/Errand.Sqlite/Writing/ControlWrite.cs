namespace Errand.Sqlite;

/// <summary>Something that the writer does between two commits: opening and closing.</summary>
internal sealed class ControlWrite(Action work) : WriteRequest<bool>
{
    // It ends the group that it is taken with.
    public override int Weight => int.MaxValue / 2;

    public void Work() => work();

    public override void Execute(WriteSession session) => throw new InvalidOperationException("This is done outside of transactions.");
}
