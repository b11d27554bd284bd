using System.Text.Json;

namespace Errand;

/// <summary>Which notices this process takes in.</summary>
internal sealed class NoticeRules(NoticeOptions options, WebhookRules webhooks)
{
    private const int MostNotices = 10;

    /// <summary>Refuses what a job is to tell and cannot.</summary>
    /// <exception cref="InvalidJobException">It cannot.</exception>
    public void Check(IReadOnlyList<JobNotice> notices)
    {
        if (notices.Count > MostNotices) throw new InvalidJobException("notify", $"There are {notices.Count} notices; there may be {MostNotices}.");
        foreach (var notice in notices)
        {
            CheckTarget(notice.Url, notice.CommandName);
            if ((notice.On & (JobNoticeEvents.End | JobNoticeEvents.Input)) == 0)
                throw new InvalidJobException("notify", "A notice must tell of something, such as JobNoticeEvents.End.");
        }
    }

    /// <summary>Refuses what a job of a notice was given, where it was not made here.</summary>
    /// <exception cref="InvalidJobException">It does not fit.</exception>
    public void Check(JobData input)
    {
        NoticeInput? notice;
        try { notice = input.As(NoticeJson.Default.NoticeInput); }
        catch (JsonException e) { throw new InvalidJobException("input", $"The input of a notice does not fit: {e.Message}", e); }
        bool fits = notice?.Type is NoticeTypes.Ended or NoticeTypes.Waiting && JobId.TryParse(notice.Job, out _);
        if (!fits)
            throw new InvalidJobException("input", $"A notice needs a type ({NoticeTypes.Ended} or {NoticeTypes.Waiting}) and the id of a job.");
        CheckTarget(notice!.Url, notice.Command);
    }

    public static string UnknownCommand(string? name, NoticeOptions options)
    {
        string known = options.Commands.Count == 0 ? "none" : string.Join(", ", options.Commands.Keys.Order(StringComparer.Ordinal));
        return $"There is no notice command '{name}' here. There are: {known}. Add it to NoticeOptions.Commands, " +
            "such as [\"mail-me\"] = [\"/usr/local/bin/mail-me\"].";
    }

    private void CheckTarget(string? url, string? command)
    {
        if (url is not null && command is not null)
            throw new InvalidJobException("notify", "A notice goes to a webhook or to a command; make two notices for both.");
        if (command is null) webhooks.SecretFor(webhooks.Check(url));
        else if (!options.Commands.ContainsKey(command)) throw new InvalidJobException("notify", UnknownCommand(command, options));
    }
}
