namespace Errand;

/// <summary>How a caller waits for a call.</summary>
public sealed record CallOptions
{
    /// <summary>
    /// How long the caller waits, counted from the call, before the work is handed over to the background;
    /// <see cref="Timeout.InfiniteTimeSpan"/> waits to the end. Default: what the kind says, else <see cref="ErrandOptions.AsyncTimeout"/>.
    /// </summary>
    public TimeSpan? AsyncTimeout { get; init; }

    /// <summary>Whether the call is a stored job before its body starts. Calls of a session always are. Default: false.</summary>
    public bool StoreFirst { get; init; }

    /// <summary>
    /// Whether the call is handed over before its work starts, however soon that ends: the caller wants an id and no result. Default: false.
    /// </summary>
    public bool HandOverAtOnce { get; init; }

    /// <summary>What becomes of the work when its caller gives up before it was handed over. Default: it is cancelled.</summary>
    public OnAbandon OnAbandon { get; init; } = OnAbandon.Cancel;

    /// <summary>Reads a patience as callers spell it: a positive whole number of milliseconds.</summary>
    /// <param name="value">A number, or what somebody took for one.</param>
    /// <param name="parameter">The name of the parameter, for the refusal.</param>
    /// <exception cref="InvalidJobException">It is not positive, not whole or not a number.</exception>
    public static TimeSpan ParseAsyncTimeout(double value, string parameter = "asyncTimeout")
    {
        if (!(value > 0)) throw new InvalidJobException(parameter, $"{parameter} must be a positive number (of milliseconds); it is {value}.");
        if (value != Math.Floor(value) || value > int.MaxValue)
            throw new InvalidJobException(parameter, $"{parameter} must be an integer (of milliseconds, at most {int.MaxValue}); it is {value}.");
        return TimeSpan.FromMilliseconds(value);
    }

    /// <summary>Reads a patience as callers spell it: a positive whole number of milliseconds.</summary>
    /// <param name="text">The number.</param>
    /// <param name="parameter">The name of the parameter, for the refusal.</param>
    /// <exception cref="InvalidJobException">It is not positive, not whole or not a number.</exception>
    public static TimeSpan ParseAsyncTimeout(string text, string parameter = "asyncTimeout") =>
        double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double value)
            ? ParseAsyncTimeout(value, parameter)
            : throw new InvalidJobException(parameter, $"{parameter} must be an integer (of milliseconds); it is '{text}'.");
}

/// <summary>What becomes of work whose caller gives up before it was handed over.</summary>
public enum OnAbandon
{
    /// <summary>It is told to stop.</summary>
    Cancel,

    /// <summary>It is handed over and goes on; it is found by listing.</summary>
    Promote,
}
