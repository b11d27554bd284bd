namespace Errand;

/// <summary>The kinds of job that notices are.</summary>
internal static class NoticeKinds
{
    public const string Webhook = "webhook";
    public const string Command = "notice-command";

    public static JobKind OfWebhooks(NoticeOptions options, NoticeRules rules, WebhookExecutor executor) => Of(Webhook, executor, options, rules);

    public static JobKind OfCommands(NoticeOptions options, NoticeRules rules) => Of(Command, new CommandNoticeExecutor(options), options, rules);

    // What was cut off is told once more: whoever hears it twice can tell by the id, and nobody misses it.
    private static JobKind Of(string name, NoticeExecutor executor, NoticeOptions options, NoticeRules rules) =>
        new(name, _ => executor) { Restartable = true, Retry = options.Retry, Limits = JobLimits.None, CheckInput = rules.Check };
}
