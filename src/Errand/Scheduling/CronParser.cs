using System.Globalization;

namespace Errand;

/// <summary>Reads one cron expression, and says what is wrong with it.</summary>
internal sealed partial class CronParser(string? text)
{
    private const int MaxLength = 500;
    private const string Right = "Right would be '30 2 * * MON-FRI' (at 02:30 from Monday to Friday) or '*/15 * * * *' (every quarter of an hour).";

    private static readonly Dictionary<string, string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *", ["@annually"] = "0 0 1 1 *", ["@monthly"] = "0 0 1 * *", ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *", ["@midnight"] = "0 0 * * *", ["@hourly"] = "0 * * * *",
    };

    private readonly string _text = text?.Trim() ?? "";

    /// <summary>What is wrong and what would be right, if something is wrong.</summary>
    public string? Problem { get; private set; }

    public CronExpression? Parse()
    {
        if (Fields() is not { } fields) return null;
        ulong seconds = fields.Length == 6 ? Read(CronField.Second, fields[0]) : 1;
        bool followClock = fields[..^3].Any(field => field.AsSpan().ContainsAny('*', '/'));
        fields = fields[^5..];
        ulong minutes = Read(CronField.Minute, fields[0]), hours = Read(CronField.Hour, fields[1]);
        var days = new CronDays();
        ReadDays(days, fields[2]);
        ulong months = Read(CronField.Month, fields[3]);
        ReadWeekdays(days, fields[4]);
        days.EitherIsEnough = !IsStar(fields[2]) && !IsStar(fields[4]);
        if (Problem is not null) return null;
        var expression = new CronExpression(_text, new(seconds, minutes, hours, followClock), days, months);
        if (!expression.EverComes) Fail($"there is no day '{fields[2]}' in month '{fields[3]}', so it would never come");
        return Problem is null ? expression : null;
    }

    /// <summary>The number that digits make, or -1.</summary>
    public static int Digits(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 4 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : -1;

    // As cron has it: a field that begins with a star restricts nothing, even one with a step.
    private static bool IsStar(string field) => field[0] is '*' or '?';

    private string[]? Fields()
    {
        string text = _text;
        if (text.Length > MaxLength) return Fail($"it has {text.Length} characters and may have {MaxLength}");
        if (text.StartsWith('@') && !Words.TryGetValue(text, out text!))
            return Fail($"there is no such word; there are {string.Join(", ", Words.Keys)}");
        string[] fields = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length is 5 or 6 ? fields
            : Fail($"it has {fields.Length} fields; it must have 5 (minute, hour, day of month, month, day of week), or 6 with the second first");
    }

    private ulong Read(CronField field, string text)
    {
        ulong set = 0;
        foreach (string item in text.Split(',')) set |= ReadItem(field, item);
        return set;
    }

    /// <summary>Reads <c>*</c>, <c>n</c> or <c>n-m</c>, each with or without a step.</summary>
    private ulong ReadItem(CronField field, string item)
    {
        int slash = item.IndexOf('/'), step = 1;
        if (slash >= 0 && (step = Digits(item.AsSpan(slash + 1))) is < 1 || step > field.Count)
            return FailItem(field, item, $"a step must be from 1 to {field.Count}");
        string range = slash < 0 ? item : item[..slash];
        if (range == "*" || (range == "?" && slash < 0 && field.HasDays)) return field.Range(field.Min, field.Min + field.Count - 1, step);
        int dash = range.IndexOf('-');
        int from = field.Number(range.AsSpan(0, dash < 0 ? range.Length : dash));
        int to = dash >= 0 ? field.Number(range.AsSpan(dash + 1)) : slash < 0 ? from : field.Min + field.Count - 1;
        if (from < 0 || to < 0) return FailItem(field, item, $"it must be from {field.Min} to {field.Max}{field.NamesHint}");
        return field.Range(from, to, step);
    }

    private ulong FailItem(CronField field, string item, string why)
    {
        Fail($"'{item}' is not a {field.Name}: {why}, such as {field.Example}");
        return 0;
    }

    private string[]? Fail(string why)
    {
        Problem ??= $"'{Shorten(_text)}' is not a cron expression: {why}. {Right}";
        return null;
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : $"{text[..80]}…";
}
