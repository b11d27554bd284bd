namespace Errand.PostgreSql;

/// <summary>That one job starts after another.</summary>
/// <param name="Parent">The job that comes before.</param>
/// <param name="Child">The job that waits.</param>
/// <param name="Line">Its place among those that the job starts after.</param>
/// <param name="OnAnyEnd">Whether any end will do.</param>
/// <param name="Told">Whether the job has nothing to wait for any more.</param>
internal readonly record struct DependencyRow(JobId Parent, JobId Child, int Line, bool OnAnyEnd, bool Told);
