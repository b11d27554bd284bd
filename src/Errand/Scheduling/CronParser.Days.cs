namespace Errand;

/// <content>The two fields of days, which know more than numbers.</content>
internal sealed partial class CronParser
{
    private void ReadDays(CronDays days, string text)
    {
        foreach (string item in text.Split(','))
        {
            bool isWorkday = item.EndsWith('W') || item.EndsWith('w');
            if (item.Length > 0 && item[0] is 'L' or 'l') ReadLastDay(days, item);
            else if (isWorkday) days.NearestWorkdays |= One(CronField.Day, item, item[..^1]);
            else days.Numbers |= ReadItem(CronField.Day, item);
        }
    }

    /// <summary>Reads <c>L</c>, <c>L-3</c> and <c>LW</c>.</summary>
    private void ReadLastDay(CronDays days, string item)
    {
        int back = item.Length == 1 ? 0 : item[1] == '-' ? Digits(item.AsSpan(2)) : -1;
        if (item.Equals("LW", StringComparison.OrdinalIgnoreCase)) days.LastWorkday = true;
        else if (back is >= 0 and <= 30) days.FromLast |= 1UL << back;
        else FailItem(CronField.Day, item, "after L may come W, or '-' and how many days before the last, from 0 to 30");
    }

    private void ReadWeekdays(CronDays days, string text)
    {
        foreach (string item in text.Split(','))
        {
            int hash = item.IndexOf('#');
            if (hash >= 0) ReadNth(days, item, item[..hash], Digits(item.AsSpan(hash + 1)));
            else if (item.EndsWith('L') || item.EndsWith('l')) Each(One(CronField.Weekday, item, item[..^1]), days.AddLast);
            else days.AddWeekdays(ReadItem(CronField.Weekday, item));
        }
    }

    private void ReadNth(CronDays days, string item, string weekday, int nth)
    {
        if (nth is < 1 or > 5) FailItem(CronField.Weekday, item, "after # must come a number from 1 to 5");
        else Each(One(CronField.Weekday, item, weekday), found => days.AddNth(found, nth));
    }

    /// <summary>Reads a number or a name, and nothing else.</summary>
    private ulong One(CronField field, string item, string value)
    {
        int number = field.Number(value);
        if (number >= 0) return field.Range(number, number, 1);
        return FailItem(field, item, $"'{value}' must be one number from {field.Min} to {field.Max}{field.NamesHint}");
    }

    private static void Each(ulong set, Action<int> add)
    {
        for (int number = Bits.Next(set, 0); number != Bits.None; number = Bits.Next(set, number + 1)) add(number);
    }
}
