namespace Errand.Testing;

/// <summary>A call that a test has begun and does not wait for.</summary>
/// <typeparam name="T">The answer.</typeparam>
public sealed class BegunCall<T>
{
    private Task<T>? _call;

    internal BegunCall() { }

    /// <summary>Whether it has answered or thrown.</summary>
    public bool HasEnded => _call is { IsCompleted: true };

    /// <summary>The answer; where the call has thrown, this throws the same.</summary>
    /// <exception cref="InvalidOperationException">There is none yet: let time pass.</exception>
    public T Answer => HasEnded
        ? _call!.GetAwaiter().GetResult()
        : throw new InvalidOperationException("The call has not answered yet. Let time pass with Advance.");

    internal void Begin(Func<ValueTask<T>> call) => _call = SimulatedWorld.AwaitAsync(call);
}
