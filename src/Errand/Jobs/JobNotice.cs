using System.Text;

namespace Errand;

/// <summary>Whom to tell of a job: a webhook, or a command of the host that runs the notice. It has the one or the other.</summary>
public sealed record JobNotice
{
    /// <summary>What is told. Default: all of it.</summary>
    public JobNoticeEvents On { get; init; } = JobNoticeEvents.End | JobNoticeEvents.Input;

    /// <summary>The address of the webhook; absent where it is a command.</summary>
    public string? Url { get; init; }

    /// <summary>The name of the command, as <see cref="NoticeOptions.Commands"/> has it; absent where it is a webhook.</summary>
    public string? CommandName { get; init; }

    /// <summary>Tells by an HTTP request that is signed with <see cref="NoticeOptions.Secret"/>.</summary>
    /// <param name="url">The address, such as "https://hooks.example.com/errand".</param>
    public static JobNotice Webhook(string url) => new() { Url = url };

    /// <summary>Tells by running a command of the host that runs the notice.</summary>
    /// <param name="name">One of <see cref="NoticeOptions.Commands"/>.</param>
    public static JobNotice Command(string name) => new() { CommandName = name };

    /// <summary>The part of an address that may be shown: path and query often are what gives access to it.</summary>
    internal static string HostOf(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Host.Length > 0 ? uri.Host : "no host";

    private bool PrintMembers(StringBuilder text)
    {
        string target = Url is null ? $"command '{CommandName}'" : $"webhook to {HostOf(Url)}";
        text.Append($"{target}, On = {On}");
        return true;
    }
}

/// <summary>What a notice tells of.</summary>
[Flags]
public enum JobNoticeEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The job has ended, however it did.</summary>
    End = 1,

    /// <summary>The job waits for a person's answer.</summary>
    Input = 2,
}
