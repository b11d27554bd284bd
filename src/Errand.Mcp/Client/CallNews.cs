using System.Runtime.ExceptionServices;
using ModelContextProtocol.Protocol;

namespace Errand.Mcp;

/// <summary>What was heard of a call.</summary>
/// <param name="Update">What it is doing.</param>
/// <param name="End">How it ended, if it has.</param>
internal readonly record struct CallNews(RemoteCallUpdate Update, CallEnd? End = null);

/// <summary>How a call ended: with an answer, or with an error of the protocol.</summary>
internal sealed record CallEnd(CallToolResult? Result, Exception? Problem = null)
{
    public CallToolResult Get()
    {
        if (Problem is not null) ExceptionDispatchInfo.Throw(Problem);
        return Result!;
    }
}
