namespace Errand.Sqlite;

/// <summary>A job that is among the first of its line.</summary>
/// <param name="Rank">Its place in the order of starts.</param>
/// <param name="Seq">Its place in the order of arrival.</param>
/// <param name="Cap">The cap in whose line it stands, if it is not in that of its kind.</param>
internal readonly record struct LineHead(long Rank, long Seq, CapState? Cap) : IComparable<LineHead>
{
    public int CompareTo(LineHead other) => Rank != other.Rank ? Rank.CompareTo(other.Rank) : Seq.CompareTo(other.Seq);
}
