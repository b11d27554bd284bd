using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>
/// Tells a call that its client is no longer there to hear the answer, where that is no wish to have it cancelled: before 2026-07-28 a
/// connection may break without meaning anything by it. The host notes it on the message, beside the token that does mean a cancel.
/// </summary>
internal static class CallerPresence
{
    private const string Key = "errand.callerGone";

    /// <summary>Notes how a message's work hears that its client is gone.</summary>
    /// <param name="context">The context of the message.</param>
    /// <param name="gone">Cancelled when the client is gone.</param>
    public static void Note(JsonRpcMessageContext context, CancellationToken gone) =>
        (context.Items ??= new Dictionary<string, object?>())[Key] = gone;

    /// <summary>How the work of a message hears that its client is gone; never, where the host says nothing.</summary>
    public static CancellationToken GoneOf(JsonRpcMessageContext? context) =>
        context?.Items is { } items && items.TryGetValue(Key, out object? gone) && gone is CancellationToken token ? token : CancellationToken.None;
}
