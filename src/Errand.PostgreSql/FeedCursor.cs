using System.Globalization;

namespace Errand.PostgreSql;

/// <summary>
/// A place in the feed: everything was told that the snapshot <see cref="Since"/> sees. In the midst of what lies between it and the snapshot
/// <see cref="Until"/>, the last entry told is named as well. As text <c>epoch/since</c> or <c>epoch/since/until/xid/seq</c>.
/// </summary>
internal sealed record FeedCursor(string Epoch, string Since, string? Until = null, ulong Xid = 0, long Seq = 0)
{
    public static FeedCursor? Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length is not (2 or 5) || !IsSnapshot(parts[1])) return null;
        if (parts.Length == 2) return new(parts[0], parts[1]);
        return IsSnapshot(parts[2]) && IsNumber(parts[3], out ulong xid) && IsNumber(parts[4], out ulong seq) && seq <= long.MaxValue
            ? new(parts[0], parts[1], parts[2], xid, (long)seq) : null;
    }

    public override string ToString() => Until is null
        ? $"{Epoch}/{Since}"
        : string.Create(CultureInfo.InvariantCulture, $"{Epoch}/{Since}/{Until}/{Xid}/{Seq}");

    // PostgreSQL refuses a statement with a snapshot that could never have been: xmin:xmax:xip,xip,… with xmin <= xip < xmax, rising.
    private static bool IsSnapshot(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length != 3 || !IsNumber(parts[0], out ulong xmin) || !IsNumber(parts[1], out ulong xmax) || xmin == 0 || xmin > xmax) return false;
        ulong last = xmin;
        foreach (string xip in parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsNumber(xip, out ulong number) || number < last || number >= xmax) return false;
            last = number;
        }
        return true;
    }

    private static bool IsNumber(string text, out ulong number) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= long.MaxValue;
}
