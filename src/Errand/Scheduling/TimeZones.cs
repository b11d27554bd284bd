using System.Buffers;

namespace Errand;

/// <summary>Finds time zones by the names that people give them.</summary>
internal static class TimeZones
{
    // What is in the names of IANA and of Windows; a name is looked up in a folder and must not lead out of it.
    private static readonly SearchValues<char> Letters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-+ .()");

    /// <summary>The zone of a name; UTC where there is no name.</summary>
    public static TimeZoneInfo Find(string? name)
    {
        if (name is null or "UTC") return TimeZoneInfo.Utc;
        bool canBe = name.Length is > 0 and <= 100 && name[0] != '/'
            && !name.AsSpan().ContainsAnyExcept(Letters) && !name.Contains("..", StringComparison.Ordinal);
        if (canBe && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        string shown = name.Length <= 60 ? name : $"{name[..60]}…";
        string hint = Like(name) is { } like ? $"did you mean {like}?" : "use an IANA name such as Europe/Berlin.";
        throw new InvalidJobException("timeZone", $"'{shown}' is not a time zone that this system knows; {hint}");
    }

    /// <summary>A name that differs in case only, or the city that somebody named without its continent.</summary>
    private static string? Like(string name)
    {
        string wanted = name.Replace(' ', '_');
        return wanted.Length < 3 ? null : TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).FirstOrDefault(id =>
            id.Equals(wanted, StringComparison.OrdinalIgnoreCase) || id.EndsWith($"/{wanted}", StringComparison.OrdinalIgnoreCase));
    }
}
