using Errand.Server.Security;
using Microsoft.Extensions.Options;

namespace Errand.Server.Mcp;

/// <summary>Refuses options that cannot be meant.</summary>
internal sealed class McpHttpOptionsRules : IValidateOptions<McpHttpOptions>
{
    private static readonly TimeSpan ShortestIdle = TimeSpan.FromSeconds(1);
    // What timers can wait for.
    private static readonly TimeSpan LongestIdle = TimeSpan.FromDays(49);

    public ValidateOptionsResult Validate(string? name, McpHttpOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static IEnumerable<string> Problems(McpHttpOptions options)
    {
        if (options.AllowedHosts.Count == 0)
            yield return $"{Name(nameof(options.AllowedHosts))} is empty, so that nobody could call; name a host, or * for any.";
        foreach (string host in options.AllowedHosts.Where(host => host.Length == 0 || host.Contains("://", StringComparison.Ordinal)))
            yield return $"{Name(nameof(options.AllowedHosts))} has '{host}', which is no host; give a name or an address, such as app.example.com.";
        foreach (string origin in options.AllowedOrigins.Where(origin => !IsOrigin(origin)))
            yield return $"{Name(nameof(options.AllowedOrigins))} has '{origin}', which is no origin; give one such as https://app.example.com.";
        if (options.MaxSessions < 1)
            yield return $"{Name(nameof(options.MaxSessions))} is {options.MaxSessions} and must be at least 1; Sessions = false turns them off.";
        if (options.IdleTimeout < ShortestIdle || options.IdleTimeout > LongestIdle)
            yield return $"{Name(nameof(options.IdleTimeout))} is {options.IdleTimeout} and must be from one second to {LongestIdle.Days} days.";
        if (options.MaxRequestBytes < 1)
            yield return $"{Name(nameof(options.MaxRequestBytes))} is {options.MaxRequestBytes} and must be at least 1.";
    }

    private static bool IsOrigin(string text) => text == CallerAddress.Any
        || (Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && string.Equals(uri.GetLeftPart(UriPartial.Authority), text, StringComparison.OrdinalIgnoreCase));

    private static string Name(string option) => $"{nameof(McpHttpOptions)}.{option}";
}
