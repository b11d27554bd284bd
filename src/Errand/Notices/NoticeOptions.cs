namespace Errand;

/// <summary>Where notices may go, what they are signed with, and which commands may tell them. Checked when the host starts.</summary>
public sealed class NoticeOptions
{
    /// <summary>
    /// What webhooks are signed with: <c>whsec_</c> and the Base64 of 24 to 64 random bytes, as <c>openssl rand -base64 32</c> makes them.
    /// Default: none, and webhooks are refused.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>Secrets of single hosts, in place of <see cref="Secret"/>, by the name of the host.</summary>
    public IDictionary<string, string> HostSecrets { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The hosts that webhooks may go to, such as "hooks.example.com" or "*.example.com". Default: none is named, and every public one may
    /// be used.
    /// </summary>
    public ISet<string> AllowedHosts { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether webhooks may go to addresses that are not encrypted (http). Default: false.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>
    /// Whether webhooks may go to this machine and to networks that are not public. Whoever may submit jobs can then make this process send
    /// requests to them. Default: false.
    /// </summary>
    public bool AllowInternal { get; set; }

    /// <summary>
    /// The commands that may be named in <see cref="JobNotice.Command"/>: the program and its arguments, as they are, without a shell.
    /// </summary>
    public IDictionary<string, IReadOnlyList<string>> Commands { get; } = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);

    /// <summary>How long a webhook may take to answer. Default: 10 s.</summary>
    public TimeSpan WebhookTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a command may run; then it is killed with what it has started. Default: 30 s.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// When a notice that did not arrive is tried again. Default: 8 retries, the first after 5 s, each after thrice as long, an hour at most.
    /// </summary>
    public RetryPolicy Retry { get; set; } = new()
    {
        MaxRetries = 8, BaseDelay = TimeSpan.FromSeconds(5), Factor = 3, MaxDelay = TimeSpan.FromHours(1),
    };

    internal IEnumerable<string> Problems()
    {
        // Whatever is wrong with a secret, it is not shown.
        if (Secret is not null && WebhookSecret.TryRead(Secret) is null) yield return $"Notices.Secret {WebhookSecret.Rule}";
        foreach (var (host, secret) in HostSecrets)
            if (WebhookSecret.TryRead(secret) is null) yield return $"Notices.HostSecrets[\"{host}\"] {WebhookSecret.Rule}";
        foreach (string host in AllowedHosts)
            if (Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) == UriHostNameType.Unknown)
                yield return $"Notices.AllowedHosts has '{host}'; it must be the name of a host, such as hooks.example.com or *.example.com.";
        foreach (var (name, command) in Commands)
            if (name.Length == 0 || command is not [{ Length: > 0 }, ..])
                yield return $"Notices.Commands[\"{name}\"] must have a name and a program, such as [\"mail-me\"] = [\"/usr/local/bin/mail-me\"].";
        if (WebhookTimeout <= TimeSpan.Zero) yield return $"Notices.WebhookTimeout is {WebhookTimeout}; it must be positive, such as 00:00:10.";
        if (CommandTimeout <= TimeSpan.Zero) yield return $"Notices.CommandTimeout is {CommandTimeout}; it must be positive, such as 00:00:30.";
    }
}
