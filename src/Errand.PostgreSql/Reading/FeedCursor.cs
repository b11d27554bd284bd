using System.Globalization;

namespace Errand.PostgreSql;

/// <summary>
/// A place in the feed: everything was told that the snapshot <see cref="Since"/> sees. In the midst of what lies between it and the snapshot
/// <see cref="Until"/>, the last entry that was told is named as well. As text: <c>epoch/since</c> or <c>epoch/since/until/seq</c>.
/// </summary>
internal sealed record FeedCursor(string Epoch, string Since, string? Until = null, long Seq = 0)
{
    public static FeedCursor? Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length is not (2 or 4) || !IsSnapshot(parts[1])) return null;
        if (parts.Length == 2) return new(parts[0], parts[1]);
        return IsSnapshot(parts[2]) && IsNumber(parts[3], out long seq) ? new(parts[0], parts[1], parts[2], seq) : null;
    }

    public override string ToString() =>
        Until is null ? $"{Epoch}/{Since}" : string.Create(CultureInfo.InvariantCulture, $"{Epoch}/{Since}/{Until}/{Seq}");

    // PostgreSQL refuses a statement with a snapshot that cannot be. One is xmin:xmax:xip,xip,… with 0 < xmin <= xip < xmax, rising.
    private static bool IsSnapshot(string text)
    {
        string[] parts = text.Split(':');
        if (parts.Length != 3 || !IsNumber(parts[0], out long xmin) || !IsNumber(parts[1], out long xmax) || xmin == 0 || xmin > xmax) return false;
        if (parts[2].Length == 0) return true;
        long last = xmin;
        foreach (string xip in parts[2].Split(','))
        {
            if (!IsNumber(xip, out long number) || number < last || number >= xmax) return false;
            last = number;
        }
        return true;
    }

    private static bool IsNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
