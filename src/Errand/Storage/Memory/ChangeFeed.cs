using System.Globalization;
using System.Security.Cryptography;

namespace Errand.Storage;

/// <summary>
/// The last changes, in a ring. It records nothing before it is first asked: nobody can hold a cursor by then.
/// </summary>
internal sealed class ChangeFeed(int capacity)
{
    // A cursor of another store, or of this one in an earlier life, carries another epoch.
    private readonly string _epoch = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private JobChanged[]? _ring;
    private long _end;

    public void Record(JobId job, long version)
    {
        if (_ring is not null) _ring[_end++ % capacity] = new(job, version);
    }

    public ChangePage Read(string? cursor, int limit)
    {
        _ring ??= new JobChanged[capacity];
        if (cursor is null) return new([], CursorAt(_end), Resync: false);
        if (PositionOf(cursor) is not { } position) return new([], CursorAt(_end), Resync: true);
        int count = (int)Math.Min(Math.Max(limit, 0), _end - position);
        var items = new JobChanged[count];
        for (int i = 0; i < count; i++) items[i] = _ring[(position + i) % capacity];
        return new(items, CursorAt(position + count), Resync: false);
    }

    private string CursorAt(long position) => string.Create(CultureInfo.InvariantCulture, $"{_epoch}-{position}");

    private long? PositionOf(string cursor)
    {
        if (cursor.Length <= _epoch.Length || !cursor.StartsWith(_epoch, StringComparison.Ordinal)) return null;
        return long.TryParse(cursor.AsSpan(_epoch.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out long position)
            && position <= _end && position >= _end - capacity ? position : null;
    }
}
