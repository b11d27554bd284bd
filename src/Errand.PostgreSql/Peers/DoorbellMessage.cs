using System.Globalization;
using System.Text;
using Errand.Storage;

namespace Errand.PostgreSql;

/// <summary>Hints as the text of notifications: <c>sender;id,version,ready;…</c>, where a text of the sender alone means "something".</summary>
internal static class DoorbellMessage
{
    /// <summary>PostgreSQL takes less than 8,000 bytes.</summary>
    public const int MaxLength = 7900;

    /// <summary>The hint that something happened that nobody named.</summary>
    public static JobHint Something { get; } = new(default, 0, Ready: true);

    /// <summary>The texts for these hints.</summary>
    public static IEnumerable<string> Write(string sender, IReadOnlyCollection<JobHint> hints)
    {
        if (hints.Contains(Something)) yield return sender;
        var text = new StringBuilder(sender);
        foreach (var hint in hints)
        {
            if (hint.Job.IsEmpty) continue;
            string item = string.Create(CultureInfo.InvariantCulture, $";{hint.Job},{hint.Version},{(hint.Ready ? 1 : 0)}");
            if (text.Length + item.Length > MaxLength)
            {
                yield return text.ToString();
                text.Clear().Append(sender);
            }
            text.Append(item);
        }
        if (text.Length > sender.Length) yield return text.ToString();
    }

    /// <summary>The hints in a text; none if this sender sent it itself.</summary>
    public static IEnumerable<JobHint> Read(string sender, string payload)
    {
        string[] items = payload.Split(';');
        if (items[0] == sender) yield break;
        if (items.Length == 1) yield return Something;
        foreach (string item in items.Skip(1))
            if (ReadHint(item) is { } hint) yield return hint;
    }

    private static JobHint? ReadHint(string item) =>
        item.Split(',') is [var id, var version, var ready] && JobId.TryParse(id, out var job)
            && long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? new(job, number, ready == "1") : null;
}
