namespace Errand.Sqlite;

/// <summary>A stretch of an index that has jobs in the order of their ids.</summary>
/// <param name="Index">The index.</param>
/// <param name="Where">What the stretch has in common.</param>
/// <param name="Rest">What must hold besides, and is looked up in the job.</param>
internal sealed record ListRange(string Index, ListCondition Where, ListCondition Rest);
