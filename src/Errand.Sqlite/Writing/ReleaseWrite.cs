using Errand.Storage;

namespace Errand.Sqlite;

/// <summary>Tells the dependents of jobs that have ended.</summary>
internal sealed class ReleaseWrite(int limit) : WriteRequest<ReleaseResult>
{
    public override int Weight => limit;

    public override void Execute(WriteSession session) => Result = session.Dependencies.Release(limit, session.Hints);
}
